#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --timeout 600
# What goes wrong before, while and after the agent loads: each with its exit status and its
# message, nothing left behind, and no lost event that is not counted.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

refuses_to_start() {
	exits "not root: exit 6" 6 "root" as-user --auid none eve phiwardd --policy $policy
	exits "wrong usage: exit 2" 2 "unexpected argument" phiwardd nonsense
	cat >$work/bad.yaml <<-'EOT'
		phiward: 1
		mode: enforce
		labels:
		  records: {class: nonsense, trees: [/srv/phi]}
		rules:
		  - {id: r, deny: all, labels: [record]}
	EOT
	exits "a policy with errors: exit 3, file:line:column" 3 "^$work/bad.yaml:4:[0-9]+: error: " phiwardd --policy $work/bad.yaml
	does "every error is told in one run" grep -qE "^$work/bad.yaml:6:[0-9]+: error: .*record" $work/err
	does "errors have a remedy" grep -q "remedy:" $work/err
	exits "no such policy file: said, by name" '[13]' "$work/none.yaml" phiwardd --policy $work/none.yaml
	mkdir -p $work/empty.d
	exits "a policy directory without files: said, by name" '[13]' "$work/empty.d" phiwardd --policy $work/empty.d
	mv /etc/phiward $work/etc-phiward
	exits "no /etc/phiward: the missing policy directory is named" '[13]' "/etc/phiward/policy.d" phiwardd
	mv $work/etc-phiward /etc/phiward
	echo 'canary-interval: nonsense' >$work/settings.yaml
	exits "settings with errors: exit 3, file:line:column" 3 "^$work/settings.yaml:1:[0-9]+: error: " phiwardd --settings $work/settings.yaml --policy $policy
	echo 'log: [' >$work/settings.yaml
	exits "settings that are no YAML: exit 3" 3 "^$work/settings.yaml:" phiwardd --settings $work/settings.yaml --policy $policy
	exits "phiward status without an agent: exit 5" 5 "agent" phiward status
	exits "phiward policy load without an agent: exit 5" 5 "agent" phiward policy load
	does "failed starts leave nothing loaded" nothing_loaded
	doesnt "failed starts leave no socket" test -e $socket
	doesnt "failed starts leave no canary directory" test -e /run/phiward/canary
}

# What the kernel says of itself is replaced by what a lesser kernel would say.
lesser_kernels() {
	local btf=/sys/kernel/btf/vmlinux
	: >$work/btf
	mount --bind $work/btf $btf
	exits "a kernel without BTF: exit 4, said" 4 "BTF" phiwardd --policy $policy
	exits "a kernel without BTF: phiward doctor exits 4" 4 "" phiward doctor
	umount $btf
	sed 's/bpf_lsm_inode_rename/bpf_lsm_inode_nemare/g' $btf >$work/btf
	mount --bind $work/btf $btf
	exits "a kernel without a hook: exit 4, names it" 4 "inode_rename" phiwardd --policy $policy
	exits "a kernel without a hook: phiward doctor exits 4" 4 "" phiward doctor
	does "a kernel without a hook: doctor names it" grep -q "inode_rename" $work/out
	umount $btf
	does "lesser kernels: nothing is left" nothing_loaded
}

a_map_is_there() { bpftool map list 2>/dev/null | grep -q 'name pw_'; }

killed_while_loading() {
	launch --policy $policy
	wait_for 60 a_map_is_there
	kill -KILL "$agent"
	wait "$agent" 2>/dev/null
	nothing_left "SIGKILL while loading"
}

# Loading takes the verifier many seconds here: being told to stop must not wait for it.
told_while_loading() { # told_while_loading SIGNAL
	launch --policy $policy
	wait_for 60 a_map_is_there
	kill "-$1" "$agent"
	if wait_for $start_s dead; then
		at_most "SIG$1 while loading: it ends soon" "$waited_ms" $((5000 * patience)) ms
		wait "$agent"
		is "SIG$1 while loading: exit 0" $? 0
	else
		not_ok "SIG$1 while loading: it does not end"
		kill -KILL "$agent"
	fi
	does "SIG$1 while loading: the log says what became of it" log_has "told to stop while loading"
	doesnt "SIG$1 while loading: it never says that it is ready" grep -q READY=1 $told
	nothing_left "SIG$1 while loading"
	doesnt "SIG$1 while loading: no socket is left" test -e $socket
	doesnt "SIG$1 while loading: no canary directory is left" test -e /run/phiward/canary
}

second_daemon() {
	exits "second daemon: exit 1, names the first one's pid" 1 "$agent" phiwardd --policy $policy
	does "second daemon: the first still protects" protecting
	does "second daemon: its socket still answers" test -S $socket
	does "second daemon: eve is still refused" refused /srv/phi/records/a
	does "second daemon: nina is still allowed" allowed /srv/phi/records/a
}

# What the agent is after its start, each thread of it, and the canary's helper.
is_confined() {
	local file
	for file in /proc/"$agent"/task/*/status /proc/"$(pgrep phiward-canary | head -n 1)"/status; do
		awk '$1 == "NoNewPrivs:" { new = $2 } $1 == "Seccomp:" { mode = $2 } $1 == "CapEff:" { caps = $2 } $1 == "CapBnd:" { bound = $2 }
			END { exit !(new == 1 && mode == 2 && caps == "000000c000280005" && bound == caps) }' "$file" || return 1
	done
}
confined() {
	# a helper may just be replaced
	does "confined: no new privileges, a list of system calls, six capabilities" wait_for 5 is_confined
	sed -n '/^Cap\|^NoNewPrivs\|^Seccomp/s/^/# /p' "/proc/$agent/status"
}
# The kernel tells of each call that was not on the list; 435 is clone3, which is not meant to be.
a_call_is_missing() { dmesg | grep 'type=1326' | grep -v 'syscall=435 ' | sed 's/^/# /' | grep .; }

# ---- rings -------------------------------------------------------------------

# lost_in_log RING: what the log says is lost.
lost_in_log() {
	local loss before
	loss=$($json -s count kind=loss where=kernel "ring=$1" <$events_log)
	case $1 in
	denials) before=$($json -s dropped_before verdict=deny dropped_before!=none <$events_log) ;;
	bulk) before=$($json -s dropped_before verdict=allow dropped_before!=none <$events_log) ;;
	esac
	echo $((loss + before))
}
all_told() { # all_told DENIED ALLOWED: the log and the counters of losses together reach these
	status >$work/status
	[ $(($($json -p drops.denials <$work/status) + $($json -s count verdict=deny <$events_log))) -ge "$1" ] &&
		[ $(($($json -p drops.bulk <$work/status) + $($json -s count verdict=allow <$events_log))) -ge "$2" ]
}

rings_overflow() {
	local denials=2500 bulk=7000 denied0 allowed0
	status >$work/before
	denied0=$($json -p events.denied <$work/before) allowed0=$($json -p events.allowed <$work/before)
	# what the canary was doing is done: its events are not to be among the lost
	kill -STOP "$agent"
	is "rings full: every one of $denials opens is refused meanwhile" "$(as-user eve $tries $denials /srv/phi/records/a)" "0 $denials 0"
	is "rings full: every one of $bulk approved opens works meanwhile" "$(as-user nina $tries $bulk /srv/phi/records/a)" "$bulk 0 0"
	kill -CONT "$agent"
	does "rings full: the agent answers again" wait_for 20 protecting
	wait_for 20 all_told $denials $bulk
	cp $work/status $work/after
	local lost_denials lost_bulk denied allowed
	lost_denials=$($json -p drops.denials <$work/after) lost_bulk=$($json -p drops.bulk <$work/after)
	denied=$(($($json -p events.denied <$work/after) - denied0)) allowed=$(($($json -p events.allowed <$work/after) - allowed0))
	echo "# $denials denials: $denied heard, $lost_denials lost; $bulk reads: $allowed heard, $lost_bulk lost"
	doesnt "rings full: the denials did overflow" test "$lost_denials" = 0
	doesnt "rings full: the rest did overflow" test "$lost_bulk" = 0
	is "rings full: denials heard and lost are those that happened" $((denied + lost_denials)) $denials
	is "rings full: reads heard and lost are those that happened" $((allowed + lost_bulk)) $bulk
	is "rings full: the log tells of as many lost denials" "$(lost_in_log denials)" "$lost_denials"
	is "rings full: the log tells of as many lost reads" "$(lost_in_log bulk)" "$lost_bulk"
	is "rings full: the log holds every denial that was heard" "$($json -s count verdict=deny <$events_log)" $((denied0 + denied))
	is "rings full: the log's counts hold every read that was heard" "$($json -s count verdict=allow <$events_log)" $((allowed0 + allowed))
}

# Any login can do this for as long as it likes: the agent must not be lost in it.
flood() {
	local i who answered=0 flooders=() before
	before=$(wc -l <$log)
	rm -f $work/stop
	for i in {1..6}; do
		for who in eve carol; do
			as-user $who $tries 0 /srv/phi/records/a $work/stop >$work/flood.$i$who &
			flooders+=($!)
		done
	done
	for i in 1 2 3 4 5 6; do
		timeout -s KILL $((15 * patience)) phiward status --json >$work/status 2>$work/err && answered=$((answered + 1))
	done
	is "a flood of refused opens: the status answers, six times within 15 s each" $answered 6
	is "a flood of refused opens: it is protecting" "$($json -p protecting <$work/status) $($json -p reason <$work/status)" "true *"
	touch $work/stop
	wait "${flooders[@]}"
	is "a flood of refused opens: it has never said otherwise" "$(tail -n +$((before + 1)) $log | grep 'NOT PROTECTING')" ""
	is "a flood of refused opens: none of the twelve got through" "$(cat $work/flood.* | awk '$1 == 0 && $2 > 0 && $3 == 0' | wc -l)" 12
	does "a flood of refused opens: protecting after it" wait_for 15 protecting
}

# ---- maps --------------------------------------------------------------------

map_full() {
	local id
	id=$(st policy.id)
	cp $policy $work/keep.yaml
	write_policy "" enforce "  many:
    class: genetic
    trees:
$(awk 'BEGIN { for (i = 0; i < 40000; i++) printf "      - /srv/none/d%05d\n", i }')"
	exits "map full: a reload of 40,000 trees is refused (exit 1), with what to do" 1 "restart phiwardd" phiward policy load
	is "map full: the old policy stays" "$(st policy.id)" "$id"
	does "map full: the agent still protects" protecting
	does "map full: eve is still refused" refused /srv/phi/records/a
	does "map full: nina is still allowed" allowed /srv/phi/records/a
	cp $work/keep.yaml $policy
	exits "map full: the next reload of a policy that fits works" 0 "" phiward policy load
	does "map full: eve is still refused after it" refused /srv/phi/records/a
}

make_store
write_policy
refuses_to_start
lesser_kernels
killed_while_loading
does "SIGKILL while loading: the lock and the canary's directory are left" test -e /run/phiward/phiwardd.lock
listen_notify
told_while_loading TERM
told_while_loading INT
start_agent
ok "starts over what a killed agent left"
second_daemon
confined
rings_overflow
flood
map_full
kill -KILL "$agent"
wait "$agent" 2>/dev/null
agent=
nothing_left "SIGKILL while protecting"
does "SIGKILL while protecting: its socket is left over" test -S $socket
start_agent
ok "starts over a killed agent's socket"
does "after the restart eve is refused" refused /srv/phi/records/a
doesnt "confined: no call was refused in all this" a_call_is_missing
stop_agent
is "SIGTERM while protecting: exit 0" "$agent_status" 0
nothing_left "SIGTERM while protecting"
doesnt "SIGTERM while protecting: no socket is left" test -e $socket
doesnt "SIGTERM while protecting: no canary directory is left" test -e /run/phiward/canary
does "SIGTERM while protecting: the service manager is told" grep -q STOPPING=1 $told
finish
