#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --timeout 600
# A policy is replaced as a whole or not at all: good ones, bad ones, large ones, while
# accesses go on; and what changes without a reload: hours, `until`, programs.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

# policy_of MODE RULES [ACTORS] [HEAD]: RULES stand between the clinicians' and the last.
policy_of() {
	cat >$work/policy.new <<-EOT
		phiward: 1
		mode: $1
		labels:
		  records: {class: health-status, trees: [/srv/phi/records], on-failure: closed}
		actors:
		  clinicians: {groups: [clinicians]}
		  eve: {users: [eve]}
		${3:-}
		programs:
		  ehr: {paths: [/opt/tool/bin/client, $tries]}
		rules:
		  - {id: ehr, allow: [list, stat, read, write, create, delete], labels: [records], actors: [clinicians], programs: [ehr]}
		$2
		  - {id: rest, deny: all, labels: any, severity: high}
	EOT
	mv $work/policy.new $policy
}
loads() { # loads NAME: phiward policy load succeeds
	exits "$1" 0 "" phiward policy load
}
of_event() { $json -p "$1" <$work/event; }
newest_is_by() {
	phiward events --json --limit 2048 --user eve 2>/dev/null | grep '"kind":"access"' | tail -n 1 >$work/event
	[ "$(of_event rule)" = "$1" ]
}
last_of_eve() { wait_for 5 newest_is_by "$1"; } # last_of_eve RULE: allowed ones are told a little later
client() { rm -f $work/out; as-user nina /opt/tool/bin/client -c 3 /srv/phi/records/a >/dev/null 2>$work/out; }
client_refused() { ! client && grep -q 'not permitted' $work/out; }
eve_reads() { readable /srv/phi/records/a; }
eve_refused() { refused /srv/phi/records/a; }
policy_is_not() { local id; id=$(st policy.id); [ -n "$id" ] && [ "$id" != "$1" ]; }

make_store
mkdir -p /opt/tool/bin
install -m 755 -o root -g root "$(readlink -f /usr/bin/head)" /opt/tool/bin/client
mkdir -p /srv/genomes
echo GENOME >/srv/genomes/g
chmod -R a+rwX /srv/genomes
ln /srv/phi/records/a /srv/plain/a-link
policy_of enforce ""
start_agent
first=$(st policy.id)
does "the first policy: nina's client reads" client
does "the first policy: eve is refused" eve_refused

# ---- good ---------------------------------------------------------------------

policy_of enforce "  - {id: eve-may, allow: [read, stat], labels: [records], actors: [eve]}"
loads "a good policy is loaded"
doesnt "a good policy: another id" test "$(st policy.id)" = "$first"
is "a good policy: its rules" "$(st policy.rules)" 3
does "a good policy: its new rule decides" eve_reads
last_of_eve eve-may
is "a good policy: its event has rule and id" "$(of_event verdict) $(of_event rule) $(of_event policy)" "allow eve-may $(st policy.id | cut -c1-12)"
second=$(st policy.id)
policy_of enforce ""
kill -HUP "$agent"
does "SIGHUP loads, too" wait_for 20 policy_is_not "$second"
is "the same policy has the same id again" "$(st policy.id)" "$first"
does "the rule that is gone decides no more" eve_refused

# ---- what the environment may do to a program --------------------------------------

# The dynamic linker tells what the kernel gave it, where it may be told to.
told_by_environment() { env LD_SHOW_AUXV=1 /opt/tool/bin/client -c 0 /dev/null | grep -q '^AT_SECURE'; }
doesnt "a program of the policy does not hear LD_*" told_by_environment
policy_of enforce ""
sed -i -e 's|/opt/tool/bin/client, ||' -e '/^rules:/i hubs:\n  tool: {paths: [/opt/tool/bin/client]}' $policy
loads "the program is a hub now"
does "a hub has its environment: a desktop finds its bus there" told_by_environment
sed -i '/^hubs:/,/^  tool:/d' $policy
loads "the program is none of the policy's now"
does "a program that the policy names no more has it, too" told_by_environment
policy_of enforce ""
loads "it is one again"
doesnt "named again, it does not hear LD_*" told_by_environment

# ---- files with several links ---------------------------------------------------

with_labels() { # with_labels LINE...: the policy with these labels
	policy_of enforce ""
	sed -i -e "/^  records: /{r /dev/stdin" -e "d}" $policy < <(printf '  %s\n' "$@")
}
records='records: {class: health-status, trees: [/srv/phi/records], on-failure: closed}'
genomes='genomes: {class: genetic, trees: [/srv/genomes]}'
label_of() { phiward events --json --limit 2048 --user eve 2>/dev/null | $json -p labels.0 verdict=deny "path=$1" | tail -n 1; }
label_is() { [ "$(label_of "$1")" = "$2" ]; }
does "a link from before the start is refused" refused /srv/plain/a-link
ln /srv/genomes/g /srv/plain/g-link
does "a file that is in no tree yet can be read" readable /srv/plain/g-link
with_labels "$genomes" "$records"
loads "another label, before the first"
does "its tree is refused" refused /srv/genomes/g
does "a link into it from before is refused" refused /srv/plain/g-link
does "by its label" wait_for 5 label_is /srv/plain/g-link genomes
does "the link from before the start is refused" refused /srv/plain/a-link
does "by its own label, which is the second now" wait_for 5 label_is /srv/plain/a-link records
with_labels "$records"
loads "without that label"
does "its tree can be read" readable /srv/genomes/g
does "the link into it can be read" readable /srv/plain/g-link
does "the other is refused" refused /srv/plain/a-link
rm /srv/plain/g-link
policy_of enforce ""
loads "the first policy again"
is "is the first again" "$(st policy.id)" "$first"

# ---- a program that is named while it runs -----------------------------------------

install -m 755 -o root -g root "$(readlink -f /bin/bash)" /opt/tool/bin/late
mkfifo -m 666 $work/go
chmod 755 $work
late='if : </srv/phi/records/a; then echo reads; else echo refused; fi'
as-user nina /opt/tool/bin/late -c "read -r _ <$work/go; $late" >$work/late 2>&1 &
runs_late() { pgrep -f "$work/go" >/dev/null; }
wait_for 5 runs_late
policy_of enforce ""
sed -i 's|^  ehr: {paths: \[|&/opt/tool/bin/late, |' $policy
loads "a program is named that runs already"
echo >$work/go
wait "$!"
is "it is none of the policy's: nobody looked at it when it was started" "$(tail -n 1 $work/late)" refused
is "started anew it is" "$(as-user nina /opt/tool/bin/late -c "$late" 2>&1 | tail -n 1)" reads
policy_of enforce ""
loads "the first policy once more"

# ---- bad ------------------------------------------------------------------------

bad() { # bad NAME STATUS PATTERN: refused, and the old one decides
	exits "$1: exit $2, said" "$2" "$3" phiward policy load
	is "$1: the old policy stays" "$(st policy.id)" "$first"
	does "$1: and decides" eve_refused
}
sed -i 's/labels: \[records\]/labels: [record]/' $policy
bad "an undefined label" 3 "^$policy:[0-9]+:[0-9]+: error: "
does "an undefined label: for nina, too" client
n=$(wc -l <$log)
kill -HUP "$agent"
bad_said() { tail -n +$((n + 1)) $log | grep -q "$policy:[0-9]*:[0-9]*: error: "; }
does "SIGHUP with a bad policy: the log says why" wait_for 10 bad_said
is "SIGHUP with a bad policy: the old one stays" "$(st policy.id)" "$first"
exits "phiward policy load --json of a bad policy: exit 3" 3 "" phiward policy load --json
printf '\t: [' >$policy
bad "no YAML" 3 "^$policy:[0-9]+:[0-9]+: error: "
: >$policy
bad "an empty file" 3 "$policy"
rm $policy
bad "no file" '[13]' "$policy"
mkfifo $policy
bad "a FIFO" '[13]' "$policy"
rm $policy
ln -s /dev/zero $policy
bad "a device" '[13]' "$policy"
rm $policy
mkdir $policy
bad "a directory without files" '[13]' "$policy"
rmdir $policy
head -c $((11 << 20)) /dev/zero | tr '\0' '#' >$policy
bad "11 MiB" 3 "$policy"
rm -f $policy
{ printf 'phiward: 1\nlabels:\n  l: {class: care, trees: [/x]}\nrules:\n'; for i in {1..513}; do echo "  - {id: r$i, deny: [read], labels: [l]}"; done; } >$policy
bad "513 rules" 3 "512"
{ printf 'phiward: 1\nlabels:\n'; for i in {1..65}; do echo "  l$i: {class: care, trees: [/srv/l/$i]}"; done; printf 'rules:\n  - {id: r, deny: all, labels: any}\n'; } >$policy
bad "65 labels" 3 "64"
does "after all of them it protects" protecting

# ---- modes and verdicts -----------------------------------------------------------

policy_of observe ""
loads "mode observe is loaded"
is "mode observe: the status says so" "$(st mode)" observe
does "mode observe: eve is let through" eve_reads
last_of_eve rest
is "mode observe: her event" "$(of_event verdict) $(of_event rule) $(of_event errno)" "would-deny rest null"
does "mode observe: still protecting" protecting
policy_of enforce "  - {id: look, deny: [read, stat], labels: [records], mode: observe}"
loads "a rule of mode observe is loaded"
does "a rule of mode observe: eve is let through" eve_reads
last_of_eve look
is "a rule of mode observe: her event" "$(of_event verdict) $(of_event rule)" "would-deny look"
doesnt "a rule of mode observe: others are enforced" as-user eve truncate -s 1 /srv/phi/records/a 2>/dev/null
policy_of observe "  - {id: hard, deny: [read], labels: [records], mode: enforce}"
loads "a rule of mode enforce in observe is loaded"
does "a rule of mode enforce in observe: eve is refused" eve_refused
policy_of enforce "  - {id: careful, warn: [read], labels: [records], actors: [eve], severity: medium, tell: \"You are seen.\"}"
loads "a warning rule is loaded"
does "a warning rule: eve is let through" eve_reads
last_of_eve careful
is "a warning rule: her event" "$(of_event verdict) $(of_event rule) $(of_event severity) $(of_event tell)" "warn careful medium You are seen."

# ---- while accesses go on ------------------------------------------------------------

policy_of enforce ""
loads "the first policy again"
rm -f $work/stop
as-user eve $tries 0 /srv/phi/records/a $work/stop 2000 >$work/eve.tries &
eve=$!
as-user nina $tries 0 /srv/phi/records/a $work/stop 2000 >$work/nina.tries &
nina=$!
bad_loads=0
for i in {1..20}; do
	if [ $((i % 2)) = 1 ]; then
		policy_of enforce "  - {id: none-$i, deny: [read, write], labels: [records]}"
	else
		policy_of enforce ""
	fi
	phiward policy load >/dev/null 2>$work/err || bad_loads=$((bad_loads + 1))
done
touch $work/stop
wait $eve $nina
is "20 reloads beside accesses" "$bad_loads" 0
is "20 reloads: none of eve's opens ($(cut -d' ' -f2 $work/eve.tries)) got through" "$(<$work/eve.tries)" "0 [1-9]* 0"
is "20 reloads: none of nina's opens ($(cut -d' ' -f1 $work/nina.tries)) was refused" "$(<$work/nina.tries)" "[1-9]* 0 0"

# ---- programs --------------------------------------------------------------------------

# Told by the kernel, not found by looking: soon, however long nothing had happened.
soon() { # soon NAME COMMAND...
	does "$1 within 2 s" wait_for 2 "${@:2}"
	echo "# after $waited_ms ms"
}
new_client() { # new_client PATH
	install -m 755 -o root -g root "$(readlink -f /usr/bin/head)" "$1.new" && mv "$1.new" "$1"
}
does "before the replacement nina's client reads" client
mv /opt/tool/bin/client /opt/tool/bin/client.old
new_client /opt/tool/bin/client
soon "a replaced program is approved" client
old_refused() { ! as-user nina /opt/tool/bin/client.old -c 3 /srv/phi/records/a >/dev/null 2>&1; }
soon "the one that was replaced is refused" old_refused
chown nina: /opt/tool/bin/client
soon "a program that its user owns loses its identity" client_refused
# Refusals only: what was folded before comes out when its window ends.
last_of_nina() { phiward events --json --limit 2048 --verdict deny --user nina 2>/dev/null | tail -n 1 >$work/event; }
last_of_nina
is "its event says why" "$(of_event verdict) $(of_event flags)" "deny *program-@(writable|changed)*"
chown root: /opt/tool/bin/client
soon "owned by root again it is approved again" client
chmod 757 /opt/tool/bin/client
soon "a program that everybody may write loses its identity" client_refused
chmod 755 /opt/tool/bin/client
rm /opt/tool/bin/client
cp "$(readlink -f /usr/bin/head)" /srv/plain/mine && chown eve: /srv/plain/mine
ln -s /srv/plain/mine /opt/tool/bin/client
link_said() { status >$work/status && grep -q "link to a file that is not root's" $work/status; }
soon "a symbolic link to a person's own program: said" link_said
doesnt "a symbolic link to a person's own program is not approved" client
rm /opt/tool/bin/client
new_client /opt/tool/bin/client
soon "a program that was gone is approved after its return" client
mv /opt/tool /opt/tool.gone
mkdir -p /opt/tool/bin
new_client /opt/tool/bin/client
soon "a program under a directory that was replaced is approved" client
rm -r /opt/tool
mkdir -p /opt/version-1/bin /opt/version-2/bin
new_client /opt/version-1/bin/client
new_client /opt/version-2/bin/client
ln -s version-1 /opt/tool
soon "a program behind a symbolic link to its version is approved" client
ln -s version-2 /opt/tool.new && mv -T /opt/tool.new /opt/tool
soon "the link to another version: that one is approved" client
of_version_1() { as-user nina /opt/version-1/bin/client -c 3 /srv/phi/records/a >/dev/null 2>&1; }
version_1_refused() { ! of_version_1; }
soon "the link to another version: the one before is refused" version_1_refused
rm /opt/tool
mkdir -p /opt/tool/bin
new_client /opt/tool/bin/client

# ---- trees and programs on disks of their own ---------------------------------------------

# The agent stands on its trees and programs, but must keep nobody from taking a disk away.
new_disk() { # new_disk NAME: mounted on /mnt/NAME; prints its device
	local device
	mkdir -p /mnt/"$1"
	truncate -s 16M "$work/$1.img"
	mkfs.ext4 -q -F "$work/$1.img"
	device=$(losetup -f --show "$work/$1.img")
	mount -t ext4 "$device" /mnt/"$1"
	chmod 755 /mnt/"$1"
	echo "$device"
}
is_free() { [ ! -e "/sys/fs/ext4/${1#/dev/}" ]; } # no file system of it in the kernel
disk=$(new_disk disk)
tools=$(new_disk tools)
mkdir -p /mnt/disk/records
echo PHI-SECRET >/mnt/disk/records/a
chmod -R a+rX /mnt/disk
new_client /mnt/tools/client
sed -i -e "s|^labels:|&\n  disk: {class: genetic, trees: [/mnt/disk]}|" -e "s|paths: \[|&/mnt/tools/client, |" $policy
loads "a tree and a program on disks of their own"
does "a tree on a disk of its own: eve is refused" refused /mnt/disk/records/a
tools_client() { as-user nina /mnt/tools/client -c 3 /srv/phi/records/a >/dev/null; }
does "a program on a disk of its own is approved" tools_client
doesnt "the tree's disk is in use" is_free "$disk"
doesnt "the tree's disk, mounted: nobody gets at it raw" dd if="$disk" of=/dev/null count=1 2>/dev/null
for name in disk tools; do
	does "the disk of /mnt/$name: umount works beside the agent" umount /mnt/$name
	does "the disk of /mnt/$name: free within 5 s" wait_for 5 is_free "${!name}"
	echo "# after $waited_ms ms"
done
rm -f $work/stop
as-user eve $tries 0 /mnt/disk/records/a $work/stop 2000 >$work/eve.tries &
eve=$!
not_refused=0
for i in {1..10}; do
	mount -t ext4 "$disk" /mnt/disk
	refused /mnt/disk/records/a || not_refused=$((not_refused + 1))
	wait_for 5 umount /mnt/disk 2>/dev/null # eve may be there
done
touch $work/stop
wait $eve
is "a tree's disk mounted anew ten times: eve is refused at once each time" $not_refused 0
is "a tree's disk mounted anew ten times: none of eve's opens got through" "$(<$work/eve.tries)" "0 *"
does "a tree's disk mounted anew ten times: free within 5 s of the last umount" wait_for 5 is_free "$disk"
does "a tree's disk, unmounted: it can be taken away" wait_for 5 losetup -d "$disk" 2>/dev/null
losetup -d "$tools"
policy_of enforce ""
loads "without disks"

# ---- large ones ------------------------------------------------------------------------

# Labels that were in use keep their places beside new ones: a host that has seen no others.
stop_agent
rm -rf /var/lib/phiward
start_agent
{ printf 'phiward: 1\nmode: enforce\nlabels:\n'
	echo "  records: {class: health-status, trees: [/srv/phi/records]}"
	for i in {1..63}; do echo "  l$i: {class: care, trees: [/srv/l/$i]}"; done
	printf 'actors:\n  clinicians: {groups: [clinicians]}\nprograms:\n  ehr: {paths: [/opt/tool/bin/client]}\nrules:\n'
	n=0 # 63 labels by 8 operations, and 6 more: each of them can match
	for op in list stat read write create rename link delete; do
		for i in {1..63}; do echo "  - {id: r$((n += 1)), deny: [$op], labels: [l$i], severity: low, until: 2099-01-0$((i % 9 + 1))}"; done
	done
	for op in list write create rename link delete; do echo "  - {id: r$((n += 1)), deny: [$op], labels: [records], actors: [clinicians]}"; done
	echo "  - {id: ehr, allow: [read, stat], labels: [records], actors: [clinicians], programs: [ehr]}"
	echo "  - {id: rest, deny: all, labels: any}"; } >$policy
mkdir -p /srv/l/7 && echo PHI-SECRET >/srv/l/7/file
exits "512 rules and 64 labels are loaded" 0 "" phiward policy load
is "512 rules, 64 labels: the status" "$(st policy.rules) $(st policy.labels)" "512 64"
does "512 rules, 64 labels: eve is refused" eve_refused
does "512 rules, 64 labels: in another label, too" refused /srv/l/7/file
does "512 rules, 64 labels: nina's client reads by rule 511" client

mkdir -p /srv/many/d00001/mnt /srv/prepared && (cd /srv/many && seq -f 'd%05g' 0 9999 | xargs mkdir -p) && echo PHI-SECRET >/srv/many/d07777/file
policy_of enforce ""
stop_agent # the 64 labels have every place
rm -rf /var/lib/phiward
start_agent
many() { # many N: the policy with N trees more
	{ printf '  many:\n    class: genetic\n    trees:\n'; seq -f '      - /srv/many/d%05g' 0 $(($1 - 1)); } >$work/many
	awk -v many=$work/many '/^actors:/ { while ((getline line <many) > 0) print line } { print }' $policy >$work/policy.new
	mv $work/policy.new $policy
}
many 10000
start=$(now_ms)
exits "10,000 trees are loaded" 0 "" phiward policy load
echo "# 10,000 trees: $(($(now_ms) - start)) ms"
is "10,000 trees: the status" "$(st 'labels.[name=many].trees')" 10000
does "10,000 trees: eve is refused in one" refused /srv/many/d07777/file
does "10,000 trees: eve is refused in the first label" eve_refused
does "10,000 trees: protecting" wait_for 6 protecting
# what must go on with a policy as large as the maps just hold
install -m 755 -o root -g root "$(readlink -f /usr/bin/head)" /opt/tool/bin/client.new
mv /opt/tool/bin/client.new /opt/tool/bin/client
does "10,000 trees: a replaced program is approved within 15 s" wait_for 15 client
mount -t tmpfs tmpfs /srv/prepared && echo PHI-SECRET >/srv/prepared/file
mount --bind /srv/prepared /srv/many/d00001/mnt
does "10,000 trees: what is mounted in one is in it" refused /srv/many/d00001/mnt/file
umount /srv/many/d00001/mnt
policy_of enforce ""
loads "back to a small one"
does "back to a small one: the trees that are gone are free" wait_for 5 readable /srv/many/d07777/file
does "back to a small one: eve is refused" eve_refused

# ---- the clock ---------------------------------------------------------------------------

date -s '2026-11-25 10:00:00' >/dev/null # a Wednesday
policy_of enforce "  - {id: by-day, allow: [read, stat], labels: [records], actors: [day]}" '  day: {users: [eve], hours: "08:00-18:00 Mon-Fri"}'
loads "hours are loaded"
does "within the hours eve reads" eve_reads
date -s '2026-11-25 03:00:00' >/dev/null
does "the clock set back to before the hours: eve is refused within 5 s" wait_for 5 eve_refused
date -s '2026-11-25 17:59:50' >/dev/null
phiward policy load >/dev/null 2>&1
does "still within them" eve_reads
does "when they end eve is refused, within 12 s" wait_for 12 eve_refused
echo "# after $waited_ms ms, at $(date +%T)"
date -s '2026-11-26 08:00:01' >/dev/null
does "when they begin again eve reads within 5 s" wait_for 5 eve_reads
date -s '2026-11-28 10:00:00' >/dev/null
does "on a Saturday eve is refused within 5 s" wait_for 5 eve_refused
date -s '2026-11-26 09:00:00' >/dev/null
does "the clock set back into the hours: eve reads within 5 s" wait_for 5 eve_reads
date -s '2026-11-25 10:00:00' >/dev/null
policy_of enforce "  - {id: this-week, allow: [read, stat], labels: [records], actors: [eve], until: 2026-11-27}"
loads "until is loaded"
does "before its end eve reads" eve_reads
date -s '2026-11-27 23:59:00' >/dev/null
does "on its last day eve reads" eve_reads
date -s '2026-11-28 00:00:01' >/dev/null
does "after it eve is refused within 5 s" wait_for 5 eve_refused
policy_of enforce "  - {id: long-ago, allow: [read, stat], labels: [records], actors: [eve], until: 2020-01-01}"
phiward policy load >$work/out 2>&1
does "a rule that has lapsed already never matches" eve_refused
does "at the end it protects" protecting
a_call_is_missing() { dmesg | grep 'type=1326' | grep -v 'syscall=435 '; } # clone3 is not meant to be there
doesnt "the agent lacks no system call for all this" a_call_is_missing
stop_agent
is "SIGTERM: exit 0" "$agent_status" 0
finish
