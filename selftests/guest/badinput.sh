#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kernels: 6.1
# vm: --timeout 600
# Bad input: messages of every wrong shape, file systems that hang, trees that are none, a
# full disk, a log that is moved away, a clock set back. Nothing crashes, hangs, or is
# silently lost, and the agent protects all the while.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

make_store
echo PHI-SECRET >/srv/phi/plain-file
ln -s /srv/phi/loop /srv/phi/loop
mkdir -p /mnt/deaf /mnt/mute $work/policy.d /var/log/small
modprobe -q fuse
hang_all() {
	$tools/hang /mnt/deaf >$work/deaf.out 2>&1 & # never reads
	deaf=$!
	$tools/hang /mnt/mute take >$work/mute.out 2>&1 & # reads and never answers
	mute=$!
	wait_for 10 mounted
}
mounted() { grep -q " /mnt/deaf fuse" /proc/mounts && grep -q " /mnt/mute fuse" /proc/mounts; } # stat(2) would hang
end_all() { # who waits for them goes on
	kill -KILL $deaf $mute
	umount -l /mnt/deaf /mnt/mute
}
does "two file systems that hang are mounted" hang_all
policy=$work/policy.d/10-test.yaml
write_policy "" enforce "  hung: {class: care, trees: [/mnt/deaf/records, /mnt/mute/records, /mnt/mute/more]}
  odd: {class: care, trees: [/srv/phi/plain-file, /srv/phi/loop, /srv/missing/tree]}"
mount -t tmpfs -o size=128k,mode=755 tmpfs /var/log/small
cat >$work/settings.yaml <<-EOT
	log:
	  file: /var/log/small/events.jsonl
	canary-interval: 1s
EOT
events_log=/var/log/small/events.jsonl
on_failure() { end_all; } # or nobody who waits for them could ever end
launch --policy $work/policy.d --settings $work/settings.yaml
if wait_for 100 up_or_dead && protecting; then
	ok "it comes to protect beside file systems that hang"
else
	not_ok "it does not come to protect beside file systems that hang: $(head -c 200 $work/status.err)"
	end_all
	wait_for $start_s protecting || { not_ok "nor when they are gone"; show_log; finish; }
	hang_all
fi

# ---- file systems that hang, trees that are none --------------------------------

names() { status >$work/status && grep -qF "$1" $work/status; }
for tree in /mnt/deaf/records /mnt/mute/records /srv/phi/plain-file /srv/phi/loop /srv/missing/tree; do
	does "the status names $tree as hung, missing or none" wait_for 8 names "$tree"
done
grep -o '"labels":\[.*' $work/status | cut -c1-600 | sed 's/^/# /'
does "the log names the file systems that hang" grep -qE "(/mnt/deaf|/mnt/mute).*(hang|answer|[Tt]im)" $log
does "the log names a tree that is a file" grep -qE "/srv/phi/plain-file.*(directory|file)" $log
does "the others are protected" refused /srv/phi/records/a
does "the others are open to nina" allowed /srv/phi/records/a
start=$(now_ms)
exits "a reload beside them works" 0 "" phiward policy load
at_most "a reload beside them does not hang" $(($(now_ms) - start)) 15000 ms
does "after it eve is refused" refused /srv/phi/records/a
stays_protecting() { local i; for i in 1 2 3 4 5 6; do protecting || return 1; sleep 0.5; done; }
does "it goes on protecting" wait_for 10 stays_protecting
mkdir -p /srv/plain/mnt
mount -t tmpfs tmpfs /srv/plain/mnt
does "a mount elsewhere does not stop it" wait_for 10 protecting
umount /srv/plain/mnt

# ---- the control socket ------------------------------------------------------------

talk() { timeout -s KILL 60 $tools/talk $socket "${@:-2000}" >$work/out 2>&1; }
shape() { # shape NAME PATTERN: of the answer to standard input
	talk 10000 0
	# shellcheck disable=SC2053
	if [[ $(tr -d '\0' <$work/out) == $2 ]]; then ok "control: $1"; else not_ok "control: $1: $(head -c 300 $work/out)"; fi
}
error='*{"error":{"exit":2,*'
echo '{"command":"version"}' | shape "a good request is answered" '{"version":*'
echo 'garbage' | shape "no JSON" "$error"
head -c 20000 /dev/urandom | shape "random bytes are answered, or end the connection" '*'
answers() { [ -n "$(st version)" ]; }
does "control: it still answers after random bytes" wait_for 10 answers
printf '\0\0\0\0\n' | shape "NULs" "$error"
echo '[]' | shape "a list" "$error"
echo '"status"' | shape "a text" "$error"
echo '{}' | shape "no command" "$error"
echo '{"command":7}' | shape "a command that is a number" "$error"
echo '{"command":null}' | shape "a command that is null" "$error"
echo '{"command":"no-such"}' | shape "an unknown command" "$error"
echo '{"command":"status"} {"command":"status"}' | shape "two requests on a line" "$error"
printf '{"command":"stat\xffus"}\n' | shape "no UTF-8" "$error"
{ head -c 5000 /dev/zero | tr '\0' '['; echo; } | shape "5,000 levels" "$error"
echo '{"command":"events","limit":-1}' | shape "events with a wrong limit" "$error"
echo '{"command":"events","limit":1e99,"verdict":[],"user":{}}' | shape "events with wrong types" "$error"
echo '{"command":"events","verdict":"maybe"}' | shape "events of no verdict" "$error"
head -c $((1 << 20)) /dev/zero | tr '\0' 'a' | shape "a line of 1 MiB" "$error*\[closed\]"
{ head -c 65000 /dev/zero | tr '\0' ' '; echo '{"command":"version"}'; } | shape "a line of 65,000 bytes is answered" '{"version":*'
printf '{"command":"version"}' | shape "a request that ends before its line does" "$error"
printf '{"command":"version"}\n{"command":"version"}\n{"command":"no"}\n' | shape "three requests are three answers" '{"version"*{"version"*{"error"*'
start=$(now_ms)
printf '{"command":"sta' | talk 30000
is "control: half a line, then silence: ended with a reason" "$(<$work/out)" "$error*\[closed\]"
at_most "control: half a line, then silence: ended in time" $(($(now_ms) - start)) 14000 ms
timeout -s KILL 60 $tools/talk $socket 5000 100 </dev/null >$work/crowd 2>&1 & # $work/out is used meanwhile
crowd=$!
crowded() { [ "$(ss -xH src $socket 2>/dev/null | grep -c ESTAB)" -gt 60 ]; }
wait_for 5 crowded
does "control: 100 idle connections: eve is refused meanwhile" refused /srv/phi/records/a
wait $crowd
is "control: 100 connections: those over the limit are closed" "$(<$work/crowd)" "\[100 connected, [1-9]*"
does "control: after them it answers" wait_for 15 protecting
echo '{"command":"status"}' >$work/request
as-user eve $tools/talk $socket 2000 <$work/request >$work/out 2>&1
is "control: eve has no connection" "$(<$work/out)" "*refused: Permission denied*"
exits "control: phiward status by eve: exit 6" 6 "" as-user eve phiward status
chmod 666 $socket # as a mistake would have it
as-user eve $tools/talk $socket 2000 <$work/request >$work/out 2>&1
is "control: with the socket open to all she is still not permitted" "$(<$work/out)" '*{"error":{"exit":6,*'
chmod 600 $socket
does "control: it protects all the while" protecting

# ---- the log is moved away, --follow goes on --------------------------------------------

phiward events --follow --json --limit 1 >$work/followed 2>$work/follow.err &
follower=$!
as-user eve cat /srv/phi/records/a >/dev/null 2>&1
follows() { [ -s $work/followed ]; }
does "phiward events --follow begins" wait_for 5 follows
mv $events_log $events_log.away
does "the log moved away: a new one is begun" wait_for 5 test -e $events_log
as-user eve $tries 3 /srv/phi/records/a >/dev/null
new_log() { [ -s $events_log ] && [ "$($json process.comm=tries verdict=deny <$events_log)" = 3 ]; }
does "the log moved away: what comes now is in the new one" wait_for 5 new_log
is "the log moved away: for root alone, as before" "$(stat -c '%a %U' $events_log)" "6[04]0 root"
mv $events_log $events_log.away2
kill -HUP "$agent"
does "the log moved away and SIGHUP: there is a new one" wait_for 10 test -e $events_log
cat $events_log.away $events_log.away2 $events_log >$work/logs 2>/dev/null
is "no event is lost between the logs" "$($json -p seq <$work/logs | awk '$1 != NR' | wc -l)" 0
rm -f $events_log.away $events_log.away2
heard_by_follower() { [ "$($json process.comm=tries verdict=deny <$work/followed)" = 3 ]; }
does "phiward events --follow has them, too" wait_for 5 heard_by_follower

# ---- a full disk ---------------------------------------------------------------------------

# What is counted and what is written, of one moment: an event may come in between.
begins() {
	status >$work/status && wrote0=$($json -p events.denied <$work/status)
	at_start=$(wc -l <$events_log)
	status >$work/status && [ "$($json -p log.waiting <$work/status)" = 0 ] &&
		[ "$($json -p events.denied <$work/status)" = "$wrote0" ]
}
does "a full disk: nothing else is under way" wait_for 10 begins
drops0=$(st drops.denials)
for i in 1 2 3 4; do # in batches: what the ring cannot hold is another test's matter
	as-user eve $tries 700 /srv/phi/records/a >/dev/null
	before=$(st events.denied)
done
echo "# $before"
log_stuck() { status >$work/status && [ "$($json -p log.working <$work/status)" = false ]; }
does "a full disk: the status says that the log does not work" wait_for 10 log_stuck
is "a full disk: and why" "$($json -p log.error <$work/status)" "*[Ss]pace*"
does "a full disk: and that events wait or are lost" test "$($json -p log.waiting <$work/status)" -gt 0
does "a full disk: still protecting" protecting
does "a full disk: eve is refused" refused /srv/phi/records/a
lost=$(st log.lost)
doesnt "a full disk: more came than can wait" test "$lost" = 0
mount -o remount,size=32M /var/log/small
log_works() { status >$work/status && [ "$($json -p log.working <$work/status)" = true ] && [ "$($json -p log.waiting <$work/status)" = 0 ]; }
does "space again: the log works again, by itself" wait_for 45 log_works
echo "# after $waited_ms ms"
lost=$($json -p log.lost <$work/status)
denied=$(($($json -p events.denied <$work/status) - wrote0))
written=$(tail -n +$((at_start + 1)) $events_log | $json kind=access verdict=deny)
told_lost=$($json -s count kind=loss where=journal <$events_log)
echo "# $denied denials since: $written in the log, $told_lost told as lost there, $lost lost says the status; ring lost $(($(st drops.denials) - drops0))"
is "space again: the log tells of every lost event" "$told_lost" "$lost"
is "space again: what is there and what is told as lost is all that happened" $((written + told_lost)) "$denied"
is "space again: the log is whole lines" "$($json schema=phiward.event.v1 <$events_log 2>&1)" "$(wc -l <$events_log)"
does "phiward events --follow is still there" kill -0 $follower

# ---- the clock set back ------------------------------------------------------------------------

now=$(date +%s)
as-user eve cat /srv/phi/records/a >/dev/null 2>&1
date -s "@$((now - 600))" >/dev/null
wait_for 8 protecting
as-user eve cat /srv/phi/records/a >/dev/null 2>&1
clock_events() { phiward events --json --limit 2048 --verdict deny 2>/dev/null | tail -n 2 >$work/two; [ "$($json process.comm=cat <$work/two)" = 2 ]; }
does "the clock set back by ten minutes: events go on" wait_for 5 clock_events
times=$($json -p time <$work/two)
is "the clock set back by ten minutes: time does not run backwards" "$(sort <<<"$times")" "$times"
seqs=$($json -p seq <$work/two)
is "the clock set back by ten minutes: neither does seq" "$(sort -n <<<"$seqs")" "$seqs"
date -s "@$((now - 864000))" >/dev/null
set_back_said() { grep -q "clock was set back" $log; }
does "the clock set back by ten days: said" wait_for 8 set_back_said
as-user eve cat /srv/phi/records/a >/dev/null 2>&1
back_in_time() { [ "$(phiward events --json --limit 1 2>/dev/null | $json -p time | cut -c1-10)" = "$(date -d "@$((now - 864000))" +%F)" ]; }
does "the clock set back by ten days: events have the new time" wait_for 6 back_in_time
does "the clock set back by ten days: the status warns" grep -qi "clock" <(status | grep -o '"warnings":.*')
does "the clock set back: still protecting" wait_for 6 protecting
date -s "@$((now + 10))" >/dev/null
does "the clock set forward: still protecting" wait_for 6 protecting

# ---- the end, while file systems hang --------------------------------------------------------------

# A process that waits for an answer which was asked for cannot end before the file system
# does; but everything of it must be out of the kernel by then.
kill -TERM "$agent"
does "SIGTERM beside file systems that hang: it lets go of the kernel" wait_for 20 nothing_loaded
doesnt "SIGTERM beside them: no socket is left" test -e $socket
kill -KILL $mute
does "SIGTERM beside them: it ends" wait_for 15 gone "$agent"
[ "$(wc -l <$work/follow.err)" -lt 5 ]
wait "$agent"
ended=$?
is "SIGTERM beside them: exit 0" $ended 0
[ $ended = 0 ] || show_log
agent=
does "phiward events --follow ends with the agent" wait_for 10 gone $follower
wait $follower
is "phiward events --follow: exit 5" $? 5
is "phiward events --follow: one line says why" "$(<$work/follow.err)" "phiward: the agent has ended: no more events*"
kill -KILL $deaf
finish
