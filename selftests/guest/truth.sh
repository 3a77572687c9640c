#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --timeout 600
# The agent tells the truth about itself: it says that it protects only while it was just
# proved, and within 5 seconds that it does not.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

make_store
write_policy
listen_notify

# ---- switched off before the start -------------------------------------------

sysctl -qw kernel.ftrace_enabled=0
launch --policy $policy
answers() { dead || status >$work/status; }
ever_true=0
first_answer() { answers && [ -s $work/status ]; }
wait_for $start_s first_answer
grep -q '"protecting":true' $work/status && ever_true=1
is "ftrace_enabled=0 before the start: the first answer is not 'protecting'" "$ever_true" 0
names_ftrace() { reason_has "kernel.ftrace_enabled"; }
does "ftrace_enabled=0 before the start: the status names it" wait_for 10 names_ftrace
does "ftrace_enabled=0 before the start: the log says NOT PROTECTING and why" grep -q "NOT PROTECTING: .*kernel.ftrace_enabled" $log
doesnt "ftrace_enabled=0 before the start: READY is not sent" grep -q READY=1 $told
is "ftrace_enabled=0: no hook is called live" "$(status | grep -c '"live":true')" 0
exits "ftrace_enabled=0: phiward doctor exits 4" 4 "" phiward doctor
does "ftrace_enabled=0: doctor names it" grep -q "ftrace_enabled" $work/out

# ---- on, off, on ---------------------------------------------------------------

sysctl -qw kernel.ftrace_enabled=1
if wait_for 10 protecting; then
	ok "ftrace_enabled=1: protecting (after $waited_ms ms)"
else
	not_ok "ftrace_enabled=1: does not come to protect: $(status | cut -c1-300)"
	show_log
fi
does "READY is sent now" wait_for 5 grep -q READY=1 $told
does "eve is refused" refused /srv/phi/records/a
n=$(grep -c "NOT PROTECTING" $log)
sysctl -qw kernel.ftrace_enabled=0
does "ftrace_enabled=0 while protecting: the status names it within 5 s" wait_for 5 names_ftrace
echo "# after $waited_ms ms"
is "ftrace_enabled=0 while protecting: the log says so once more" "$(grep -c 'NOT PROTECTING' $log)" $((n + 1))
does "ftrace_enabled=0 while protecting: the service manager hears why" grep -q "STATUS=not protecting: .*ftrace_enabled" $told
sysctl -qw kernel.ftrace_enabled=1
does "back to 1: protecting again within 5 s" wait_for 5 protecting
does "back to 1: the log says so" log_has "protecting again"
does "back to 1: eve is refused" refused /srv/phi/records/a
# what people need of it: not only on standard error
alert() { [ "$(phiward events --json --limit 2048 2>/dev/null | $json verdict!=allow 'reason~ftrace_enabled')" -gt 0 ]; }
does "that it was switched off is kept among the events" alert

# ---- asking is no access ---------------------------------------------------------

ln -s /srv/phi/records/a /srv/phi/link
ln -s /srv/plain/file /srv/phi/records/out
ask() { as-user eve phiward explain --policy $policy --user eve --exe "${2:-/usr/bin/cat}" --op read "$1" >$work/out 2>$work/err; }
for path in /srv/phi/records/a /srv/phi/link /srv/phi/records/out /srv/phi/records /srv/phi/records/none/x; do
	does "eve asks about $path" ask $path
done
is "the policy's own answer" "$(head -n 1 $work/out)" "verdict*deny"
ask /srv/phi/link
does "a link is explained as what it leads to" grep -q '^path *[/]srv/phi/records/a$' $work/out
does "eve asks about a program in a tree" ask /srv/plain/file /srv/phi/records/a
as-user eve stat /srv/phi/records/a >/dev/null 2>&1 # what would have been seen: comes behind the rest
looked() { phiward events --json --limit 2048 --user eve | $json operation=stat "$@" >/dev/null; }
does "a look at the same file is told" wait_for 5 looked process.exe~/stat
doesnt "that eve asked is not" looked process.exe~phiward
is "nothing of phiward's is" "$(phiward events --json --limit 2048 | $json process.comm=phiward)" 0

# ---- what loading would change ---------------------------------------------------

in_force=$(st policy.id)
exits "phiward policy diff: nothing" 0 "" phiward policy diff
write_policy "  - {id: look, warn: [list], labels: [records]}" observe
exits "phiward policy diff: something: exit 1" 1 "" phiward policy diff
is "phiward policy diff: what" "$(tail -n +2 $work/out | tr '\n' '|')" "~ mode: enforce -> observe|+ rule look, behind ehr: verdict warn; operations list; *"
is "phiward policy diff --json: the same" "$(phiward policy diff --json | $json -p changes.1.behind same=false "in_force=$in_force")" ehr
is "phiward policy diff changes nothing" "$(st policy.id)" "$in_force"
echo "rulez: 3" >>$policy
exits "phiward policy diff with errors: exit 3" 3 "^$policy:[0-9]+:[0-9]+: error: " phiward policy diff
exits "phiward policy diff of no file: exit 3" 3 "/no/file.yaml" phiward policy diff /no/file.yaml
exits "phiward policy diff by eve: exit 6" 6 "not permitted" as-user eve phiward policy diff
write_policy
exits "phiward policy diff: nothing again" 0 "" phiward policy diff

# ---- the canary's helper ---------------------------------------------------------

helper() { pgrep phiward-canary | head -n 1; }
first=$(helper)
doesnt "the canary's helper runs" test -z "$first"
kill -KILL "$first"
another_helper() { local now; now=$(helper); [ -n "$now" ] && [ "$now" != "$first" ]; }
does "the helper killed: another one is started" wait_for 5 another_helper
does "the helper killed: protecting within 5 s" wait_for 5 protecting
second=$(helper)
kill -STOP "$second"
stopped_told() { reason_has "does not answer" || { another_helper && [ "$(helper)" != "$second" ]; }; }
does "the helper stopped: said, or another one is started, within 5 s" wait_for 5 stopped_told
first=$second
does "the helper stopped: another one is started" wait_for 5 another_helper
does "the helper stopped: protecting again" wait_for 8 protecting
does "the stopped helper is gone" wait_for 5 gone "$second"
is "there is one helper" "$(pgrep -c phiward-canary)" 1
no_zombie() { ! ps -o stat=,comm= --ppid "$agent" | grep -q '^Z'; }
does "no helper is left as a zombie" wait_for 3 no_zombie
stays_protecting() { local i; for i in 1 2 3 4 5 6 7 8; do protecting || return 1; sleep 0.5; done; }
does "it goes on protecting" stays_protecting

# ---- the agent itself does not answer ----------------------------------------------

kill -STOP "$agent"
no_answer() { timeout -s KILL 30 phiward status >$work/out 2>$work/err; [ $? = 5 ]; }
does "the agent stopped: phiward status says exit 5, in time" no_answer
does "the agent stopped: eve is still refused" refused /srv/phi/records/a
kill -CONT "$agent"
does "the agent goes on: protecting" wait_for 8 protecting

# ---- its helper killed again and again, with clients about -----------------------------

for i in {1..12}; do
	pkill -KILL -x phiward-canary
	status >/dev/null
	phiward version >/dev/null 2>&1
done
doesnt "the helper killed 12 times with clients about: the agent is still there" dead
does "the helper killed 12 times: protecting again" wait_for 8 protecting
protecting || { # as another test found: what comes now wants one that works
	stop_agent
	start_agent
}

# ---- links taken from it, one after the other ------------------------------------------

detach() { # detach PROGRAM
	local turn status=1
	for turn in 1 2 3 4 5 6 7 8 9 10; do
		"$tools/detach" "$agent" "$1" 2>$work/detach.err
		status=$?
		[ $status = 3 ] || break
	done
	return $status
}
hook_dead() { [ "$(st "hooks.[name=$1].live")" = false ] && reason_has "$1"; }
# Those that the canary tries, and those that it cannot.
for pair in inode_rename:pw_rename inode_getattr:pw_getattr bprm_check_security:pw_bprm_check task_alloc:pw_task_alloc sb_mount:pw_sb_mount; do
	hook=${pair%:*} program=${pair#*:}
	detach "$program"
	case $? in
	0) ;;
	77)
		skip "the link of $hook detached" "the agent cannot be traced, even by root: $(head -c 100 $work/detach.err)"
		continue ;;
	*)
		not_ok "the link of $hook cannot be detached: $(head -c 200 $work/detach.err)"
		continue ;;
	esac
	if wait_for 5 hook_dead "$hook"; then
		ok "the link of $hook detached: named as not live within 5 s ($waited_ms ms)"
	else
		not_ok "the link of $hook detached: not named within 5 s: live $(st "hooks.[name=$hook].live"), reason $(st reason)"
	fi
	is "the link of $hook detached: not protecting" "$(st protecting)" false
done
does "the log names the first of them" grep -q "NOT PROTECTING: .*inode_rename" $log
doesnt "the agent is still there" dead
stop_agent
is "SIGTERM: exit 0" "$agent_status" 0
nothing_left "at the end"

# ---- the policy that is installed, on a machine that has none of its programs ---------------

for file in $PHIWARD_TESTS/rules/[0-9]*.yaml; do set -- "$@" --policy "$file"; done
start_agent "$@"
is "the installed policy: one line a program that is not there" "$(grep -c "program '" $log)" 6
does "the installed policy: it says how many paths that is" log_has "program 'desktop': none of its 7 paths exists; rules naming it match nobody"
is "the installed policy: one line for all trees" "$(grep -c " tree" $log)" 1
does "the installed policy: that nobody is allowed stands first" grep -q "NOBODY WOULD BE ALLOWED" <(grep -m 1 "program" <(grep -v "the programs into\|programs loaded" $log))
is "the installed policy: the status warns of it first" "$(st warnings.0)" "ENFORCED, NOBODY WOULD BE ALLOWED*6 programs*"
is "the installed policy: the status counts programs" "$(st policy.programs) $(st policy.programs_here)" "6 0"
is "the installed policy: and patterns" "$(st 'labels.[name=imaging].tree_patterns') $(st 'labels.[name=print-jobs].files')" "2 2"
phiward status >$work/out
does "for people: programs" grep -q ", 0 of 6 programs here, mode observe" $work/out
does "for people: patterns" grep -q "imaging (health-status): 0 of 2 trees, 2 tree patterns; not there: " $work/out
does "for people: files" grep -q "print-jobs (care): 2 file patterns" $work/out
doesnt "for people: no label of nothing" grep -q ": 0 trees" $work/out
does "for people: the time is local, and how long ago" grep -Eq "^  loaded  +$(date +%F) [0-9:]{8} \([0-9]+ (s|min) ago\)$" $work/out
is "for machines: the time is UTC" "$(st policy.loaded)" "$(date -u +%F)T*Z"
exits "phiward policy load warns of it, too" 0 "^phiward: warning: ENFORCED, NOBODY WOULD BE ALLOWED" phiward policy load
phiward doctor >$work/out
does "doctor tells of the warnings" grep -Eq "running and protecting, [0-9]+ warnings" $work/out
stop_agent
finish
