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
finish
