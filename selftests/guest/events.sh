#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --timeout 600
# What events say: exact counts, whole paths, the person, the program; nothing in the clear
# where it is kept. And what the agent costs while nothing happens.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

events() { phiward events --json --limit 2048 "$@" 2>$work/events.err; }
# one_event CONDITION...: the last event that fits, in $work/event, waited for.
find_event() { events >$work/all && [ "$($json "$@" <$work/all)" -gt 0 ]; }
one_event() {
	wait_for 8 find_event "$@" || { : >$work/event; return 1; }
	local line
	while IFS= read -r line; do
		[ "$($json "$@" <<<"$line")" = 0 ] || printf '%s\n' "$line" >$work/event
	done < <(grep -F -- "${fits:-}" $work/all | tail -n 40)
}
of_event() { $json -p "$1" <$work/event; }

make_store
write_policy "  - {id: nightly, allow: [read, stat], labels: [records], programs: [nightly]}"
sed -i "s|^programs:|&\n  nightly: {scripts: [/opt/etl/nightly.py]}\n  viewer: {paths: [/opt/etl/viewer]}\n  mover: {paths: [$(readlink -f /bin/mv)]}|" $policy
sed -i "s|^rules:|&\n  - {id: mover, allow: all, labels: [records], actors: [clinicians], programs: [mover]}|" $policy
mkdir -p /opt/etl
printf '#!/usr/bin/python3\nimport sys\nopen(sys.argv[1]).read()\n' >/opt/etl/nightly.py
printf '#!/usr/bin/python3\nopen("/srv/phi/records/a").read()\n' >/opt/etl/other.py
chmod 755 /opt/etl/*.py
install -m 777 /usr/bin/head /opt/etl/viewer
mkdir -p /srv/phi/records/before && echo PHI-SECRET >/srv/phi/records/before/file
echo PHI-SECRET >/srv/phi/records/moved
# names of people: none may stand in the clear where events are kept
dir=/srv/phi/records/Mustermann-Erika-1964
mkdir -p $dir
echo "PHI-SECRET" >"$dir/Befund-Karzinom.txt"
# everything must be there before the agent is: afterwards root is refused like anybody else
phi=/srv/phi/records
long=$phi
for i in {1..16}; do long=$long/$(printf "%0.247d" 0); done
long=${long:0:3990}
deep=$phi$(printf '/d%.0s' {1..200})
mkdir -p "$long" "$deep" $dir/mnt /srv/prepared
echo PHI-SECRET | tee "$long/file" "$deep/file" "$phi/"$'Muster\nmann' "$phi/"$'Muster\xff\xfemann' "$phi/Muster\\mann" "$phi/Muster\"mann" >/dev/null
# deeper than any path that can be said at once
part=$(printf "%0.200d" 0)
(
	cd $phi || exit
	for i in {1..40}; do mkdir "$part" && cd "$part" || exit; done
	echo PHI-SECRET >file
)
mount -t tmpfs tmpfs /srv/prepared && echo PHI-SECRET >/srv/prepared/file
chmod -R a+rwX /srv/phi
as-user eve sleep 10000 <"$dir/Befund-Karzinom.txt" &
holder=$!
listen_notify

# ---- what starting and waiting cost --------------------------------------------

start=$(now_ms)
launch --policy $policy --stdout
ready() { [[ $(<$told) == *READY=1* ]] || dead; }
wait_for $start_s ready
end=$(now_ms)
protecting || { not_ok "the agent does not come to protect: $(status)"; show_log; finish; }
kernel_ms=$(sed -n 's/.*programs loaded in \([0-9]*\) ms.* attached in \([0-9]*\) ms.*/\1 \2/p' $log)
kernel_ms=$((${kernel_ms% *} + ${kernel_ms#* }))
# One second where nobody else is; beside others the verifier's time says how slow all is.
at_most "from start to READY, without the verifier and attaching ($kernel_ms ms)" $((end - start - kernel_ms)) $((1000 + kernel_ms / 8)) "ms"
quiet() { [ "$(st canary.last_ok_seconds)" != null ]; }
wait_for 5 quiet
at_most "resident memory while nothing happens" "$(awk '/^VmRSS/ { print $2 }' "/proc/$agent/status")" 16384 KiB
echo "# $(grep -E '^(VmHWM|Rss|Threads)' "/proc/$agent/status" | tr -s '\n\t ' ' ')"

# ---- open before the start -------------------------------------------------------

one_event kind=open-before-start
is "a descriptor from before the start is told: its process" "$(of_event process.pid)" "$holder"
is "a descriptor from before the start is told: its path" "$(of_event path)" "$dir/Befund-Karzinom.txt"
kill $holder

# ---- counts -------------------------------------------------------------------------

as-user nina $tries 100 /srv/phi/records/a >$work/out
is "100 approved reads of one process" "$(<$work/out)" "100 0 0"
sum_of() { events | $json -s count "$@"; }
sum_is() { [ "$(sum_of "${@:2}")" = "$1" ]; }
wait_for 12 sum_is 100 process.comm=tries verdict=allow
is "their events count 100 together" "$(sum_of process.comm=tries verdict=allow)" 100
at_most "and are folded" "$(events | $json process.comm=tries verdict=allow)" 5 lines
is "the log counts 100, too" "$($json -s count process.comm=tries verdict=allow <$events_log)" 100
as-user eve $tries 50 /srv/phi/records/a >$work/out
is "50 refused reads of one process" "$(<$work/out)" "0 50 0"
wait_for 8 sum_is 50 process.comm=tries verdict=deny
is "are 50 events: a denial is never folded" "$(events | $json process.comm=tries verdict=deny count=1)" 50

# ---- who ------------------------------------------------------------------------------

as-user eve bash -c 'echo $$ >/tmp/pid; cat /srv/phi/records/a; true' 2>/dev/null
one_event process.comm=cat actor.user=eve verdict=deny
is "the person" "$(of_event actor.auid) $(of_event actor.uid) $(of_event actor.user)" "1002 1002 eve"
is "the parent" "$(of_event process.ancestors.0.pid) $(of_event process.ancestors.0.comm)" "$(cat /tmp/pid) bash"
is "the parent's parent" "$(of_event process.ancestors.1.pid)" $$
is "the program" "$(of_event process.exe)" "$(readlink -f /bin/cat)"
is "the rule, its place, what it tells" "$(of_event rule) $(of_event tell) $(of_event severity) $(of_event class) $(of_event errno)" "rest Ask the privacy office. high health-status EPERM"
is "the rule's line" "$(of_event rule_at)" "$policy:$(grep -n 'id: rest' $policy | cut -d: -f1)"
is "the policy" "$(of_event policy)" "$(st policy.id | cut -c1-12)"
as-user --auid eve root cat /srv/phi/records/a 2>/dev/null
one_event process.comm=cat actor.uid=0
is "root with eve's login is eve" "$(of_event actor.auid) $(of_event actor.uid) $(of_event actor.user) $(of_event actor.uid_name)" "1002 0 eve root"
as-user --auid none eve cat /srv/phi/records/a 2>/dev/null
one_event process.comm=cat 'flags~auid-unset' actor.uid=1002
is "nobody logged in: the uid stands for the person" "$(of_event actor.auid) $(of_event actor.user)" "null eve"

# ---- scripts ----------------------------------------------------------------------------

does "a script that the policy names may read" as-user eve /opt/etl/nightly.py /srv/phi/records/a
one_event process.script=/opt/etl/nightly.py verdict=allow kind=access
is "its event names script and interpreter" "$(of_event process.script) $(of_event process.exe) $(of_event rule)" "/opt/etl/nightly.py /usr/bin/python3* nightly"
doesnt "the same as an argument of python3 may not" as-user eve python3 /opt/etl/nightly.py /srv/phi/records/a 2>/dev/null
doesnt "another script may not" as-user eve /opt/etl/other.py 2>/dev/null

# ---- operations ----------------------------------------------------------------------------

operation() { # operation NAME COMMAND...: refused, and told as that operation
	local name=$1
	shift
	doesnt "$name is refused" as-user carol "$@" >/dev/null 2>&1
	if wait_for 5 find_event "operation=$name" actor.user=carol verdict=deny errno=EPERM; then
		ok "$name is told as $name"
	else
		not_ok "$name is told as $name: $(events --user carol | $json -p operation verdict=deny | tail -n 3 | tr '\n' ' ')"
	fi
}
operation list python3 -c "import os; os.listdir('$dir')"
operation stat stat $dir/Befund-Karzinom.txt
operation read cat $dir/Befund-Karzinom.txt
operation write truncate -s 1 $dir/Befund-Karzinom.txt
operation create mkdir $dir/new
operation rename mv -T $dir $dir.moved
operation link ln $dir/Befund-Karzinom.txt $dir/another
operation delete rm -f $dir/Befund-Karzinom.txt
one_event operation=rename actor.user=carol
is "a rename names both paths" "$(of_event path) $(of_event path2)" "$dir $dir.moved"

# ---- moves between labels -----------------------------------------------------------------------

rename_to() { # rename_to USER FROM TO: prints the errno
	as-user "$1" python3 -c '
import errno, os, sys
try:
    os.rename(sys.argv[1], sys.argv[2])
    print("OK")
except OSError as e:
    print(errno.errorcode[e.errno])' "$2" "$3"
}
is "a rename out of the tree" "$(rename_to carol $phi/moved /srv/plain/moved)" EXDEV
one_event operation=rename actor.user=carol errno=EXDEV
is "names the rule that whoever copies will meet" "$(of_event rule) $(of_event verdict) $(of_event path) $(of_event path2)" "rest deny $phi/moved /srv/plain/moved"
does "it says that labels are crossed" grep -q crosses-labels $work/event
does "mv, where the rules allow it, copies" as-user nina mv $phi/moved /srv/plain/moved
does "what it copied is there" test -s /srv/plain/moved
one_event operation=rename actor.user=nina errno=EXDEV
is "no rule is blamed for what the design refuses" "$(of_event rule) $(of_event process.exe)" "null $(readlink -f /bin/mv)"

# ---- programs that are not what the policy means --------------------------------------------------

as-user nina /opt/etl/viewer -c 3 $phi/a >/dev/null 2>&1
one_event kind=identity-lost actor.user=nina
is "a program that others can write has lost its identity: told at once" "$(of_event process.exe) $(of_event hook)" "/opt/etl/viewer bprm_committed_creds"
does "and why" grep -q program-writable $work/event

# ---- paths ------------------------------------------------------------------------------------

as-user eve cat $phi/before/file >/dev/null 2>&1
does "a directory in the tree moves within it" as-user nina mv $phi/before $phi/after
as-user eve cat $phi/after/file >/dev/null 2>&1
renamed() { events --user eve | $json -p path verdict=deny "path=$1" | grep -q .; }
does "refused before the move: told by the old path" wait_for 5 renamed $phi/before/file
does "refused right after: told by the new path" wait_for 5 renamed $phi/after/file

path_told() { # path_told NAME PATH: eve is refused there, and an event has the whole path
	local found
	as-user eve cat "$2" >/dev/null 2>$work/out
	does "$1: refused" grep -q 'not permitted' $work/out
	path_is() { events --user eve | $json -p path verdict=deny "path=$1" | grep -qxF -- "$1"; }
	does "$1: the path is told whole" wait_for 5 path_is "$2"
}
path_told "a path of ${#long} characters and a name" "$long/file"
path_told "200 levels" "$deep/file"
mkdir -p /srv/bound && mount --bind /srv/phi/records /srv/bound
path_told "through a bind mount" /srv/bound/a
umount /srv/bound
strange() { # strange NAME FILE-NAME: refused; path_bytes has it exactly
	as-user eve cat "/srv/phi/records/$2" >/dev/null 2>&1 && not_ok "$1: is read"
	local bytes
	bytes=$(printf '%s' "/srv/phi/records/$2" | base64 -w0)
	does "$1: path_bytes has it exactly" wait_for 5 find_event verdict=deny "path_bytes=$bytes"
}
strange "a name with a line break" $'Muster\nmann'
strange "a name that is no UTF-8" $'Muster\xff\xfemann'
strange "a name with a backslash" 'Muster\mann'
path_told "a name with a quote" '/srv/phi/records/Muster"mann'
as-user eve bash -c "cd $phi; for i in {1..40}; do cd $part || exit; done; cat file" >/dev/null 2>$work/out
does "a path of 8,000 characters, by a relative name: refused" grep -q 'cat: file: .*not permitted' $work/out
lost_or_whole() {
	local length
	length=$(events --user eve | $json -p path verdict=deny "path~$part/$part/$part" | awk '{ print length($0) }' | sort -n | tail -n 1)
	[ "${length:-0}" -gt 8000 ] || [ "$(events --user eve | $json 'flags~path-lost' verdict=deny)" -gt 0 ]
}
does "a path of 8,000 characters: told whole, or told as lost" wait_for 5 lost_or_whole

# ---- mounts ----------------------------------------------------------------------------------

readable /srv/prepared/file || not_ok "what is prepared cannot be read outside"
does "root may mount in a tree" mount --bind /srv/prepared $dir/mnt
does "a mount in a tree is told" wait_for 5 find_event kind=mount-in-tree
does "what is mounted in a tree is in the tree" refused $dir/mnt/file
umount $dir/mnt

# ---- mode observe ------------------------------------------------------------------------------

mkdir -p /srv/plain/visit && echo note >/srv/plain/visit/note
chmod -R a+rwX /srv/plain
sed -i 's/^mode: enforce/mode: observe/' $policy
does "to mode observe" phiward policy load
as-user eve cat /srv/plain/visit/note >/dev/null
does "what is moved in is not refused" as-user eve mv -T /srv/plain/visit $phi/visit
does "nor is reading it there" as-user eve cat $phi/visit/note >/dev/null
does "but it would be: it carries the labels of its new place" wait_for 5 find_event verdict=would-deny operation=read "path=$phi/visit/note"
sed -i 's/^mode: observe/mode: enforce/' $policy
does "back to mode enforce" phiward policy load

# ---- where it is kept ------------------------------------------------------------------------

for reader in "eve cat $events_log" "nina tail -n 1 $events_log" "eve cat /var/lib/phiward/token.key"; do
	# shellcheck disable=SC2086
	doesnt "not for others: $reader" as-user $reader >/dev/null 2>&1
done
exits "phiward events needs root: exit 6" 6 "" as-user eve phiward events
is "the token key is root's alone" "$(stat -c '%U %a' /var/lib/phiward/token.key)" "root 600"
exits "phiward events --verdict with nonsense: exit 2" 2 "" phiward events --verdict maybe
is "--user and --verdict choose" "$(events --user carol --verdict deny | $json actor.user!=carol) $(events --user carol --verdict deny | $json verdict!=deny)" "0 0"
is "--limit limits" "$(phiward events --json --limit 3 | wc -l)" 3
does "the table for people shows a refusal" grep -q "rest" <(phiward events --limit 2048 --verdict deny)
stop_agent
is "SIGTERM: exit 0" "$agent_status" 0

for place in $events_log $log $work/stdout; do
	is "no name in the clear in $place" "$(grep -acE 'Mustermann|Muster|Befund|Karzinom|PHI-SECRET' $place)" 0
done
# those that keep names' lengths and shapes
is "every path below a tree is tokens" "$($json -p path_token path_token~/srv/phi/records <$events_log | grep -cvE '^/srv/phi/records(/~[0-9a-f]{16})*$')" 0
is "every line is whole JSON of the schema" "$($json schema=phiward.event.v1 <$events_log) $($json schema!=phiward.event.v1 <$events_log)" "$(wc -l <$events_log) 0"
is "seq goes from 1 without a hole" "$($json -p seq <$events_log | awk '$1 != NR' | wc -l)" 0
is "every id is there once" "$($json -p id <$events_log | sort | uniq -d | wc -l)" 0
is "standard output has the same events" "$($json -p id <$work/stdout | sha256sum)" "$($json -p id <$events_log | sha256sum)"
finish
