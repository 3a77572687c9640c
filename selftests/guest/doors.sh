#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# kernels: 6.1
# vm: --timeout 400
# vm: --usb "$(truncate -s 0 "$O/vm/stick0-$1.img"; truncate -s 48M "$O/vm/stick0-$1.img"; echo "$O/vm/stick0-$1.img")"
# vm: --usb "$(truncate -s 0 "$O/vm/stick1-$1.img"; truncate -s 48M "$O/vm/stick1-$1.img"; echo "$O/vm/stick1-$1.img")"
# vm: --usb "$(truncate -s 0 "$O/vm/stick2-$1.img"; truncate -s 48M "$O/vm/stick2-$1.img"; echo "$O/vm/stick2-$1.img")"
# The doors that data leaves by, beside those of the attack battery: three sticks (QEMU's, on a
# bus of USB, pulled out and put back), file systems that keep no labels, directories.
# Everybody else's work on the same media goes on.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

record=/srv/phi/records/a
nina() { as-user nina "$@" >/dev/null 2>&1 </dev/null; }
eve() { as-user eve "$@" >/dev/null 2>&1 </dev/null; }
event() { phiward events --json --limit 200 2>/dev/null | $json "$@" >/dev/null; }
told() { # told NAME CONDITION...: an event that fits comes within 5 s.
	local name=$1
	shift
	does "$name" wait_for 5 event "$@"
}

# doors_policy [PLACES] [RULES]
doors_policy() {
	cat >$policy <<-EOT
		phiward: 1
		mode: enforce
		labels:
		  records: {class: health-status, trees: [/srv/phi/records], on-failure: closed}
		actors:
		  clinicians: {groups: [clinicians]}
		programs:
		  tools: {paths: [/usr/bin/cat, /usr/bin/cp, /usr/bin/dd, /usr/bin/cmp]}
		hubs:
		  guest: {paths: [/usr/sbin/supervise]}
		${1:+places:}
		${1:-}
		rules:
		  - {id: tools, allow: [list, stat, read, write, create, delete], labels: [records], actors: [clinicians], programs: [tools]}
		${2:-}
		  - {id: rest, deny: all, labels: any, severity: high}
	EOT
}
reload() { exits "$1" 0 "" phiward policy load; }

# kept_off NAME FILE DOOR: a record does not go there, and the event says why.
kept_off() {
	local name=$1 file=$2 door=$3
	if ! denied nina cp $record "$file"; then
		not_ok "$name: it is not refused"
	elif grep -q SECRET "$file" 2>/dev/null; then
		not_ok "$name: it is refused, and the data is there"
	else
		ok "$name"
	fi
	told "... by the door $door, of the file" verdict=deny operation=send door="$door" path="$file" actor.user=nina
}
closed() { denied eve cat "$1"; }

# ---- sticks ---------------------------------------------------------------------------

stick_of() { # stick_of NUMBER: its device
	local disk
	for disk in /sys/block/sd*; do
		[ "$(cat "$(readlink -f "$disk/device")/../../../../serial" 2>/dev/null)" = "PHIWARD$1" ] && echo "/dev/${disk##*/}"
	done
}
there() { [ -b "$(stick_of "$1")" ]; }
pulled_out() { [ -z "$(stick_of "$1")" ]; }
unplug() { echo "unplug $1" >/dev/virtio-ports/usb; wait_for 10 pulled_out "$1"; }
plug() { echo "plug $1" >/dev/virtio-ports/usb; wait_for 20 there "$1"; }
# Each has another file system; what they are called is where they are mounted.
sticks=(vfat exfat ext4)
mount_stick() { # mount_stick NUMBER
	case ${sticks[$1]} in
	ext4) mount "$(stick_of "$1")" "/mnt/${sticks[$1]}" ;;
	*) mount -o umask=0 "$(stick_of "$1")" "/mnt/${sticks[$1]}" ;;
	esac
}
prepare_sticks() {
	local i
	modprobe -q -a vfat exfat nls_cp437 nls_ascii nls_utf8
	for i in 0 1 2; do
		mkdir -p "/mnt/${sticks[i]}"
		wait_for 10 there $i && "mkfs.${sticks[i]}" "$(stick_of $i)" >$work/out 2>&1 && mount_stick $i || return 1
	done
	chmod 777 /mnt/ext4
	echo "plain before" | tee /mnt/ext4/foreign >/mnt/ext4/plain
	# as on another machine with this agent: to be believed when somebody says so
	setfattr -n security.phiward -v 0x017265636f726473 /mnt/ext4/foreign
}

make_store
mkdir -p /srv/export /srv/other
chmod 777 /srv/export /srv/other
does "three sticks, with vfat, exfat and ext4" prepare_sticks
[ $n_bad = 0 ] || { sed 's/^/# /' $work/out; finish; }
doors_policy
start_agent

others_work() { # others_work WHEN: what has no label goes where it always went
	local i on
	for i in 0 1 2; do
		on=/mnt/${sticks[i]}
		does "$1: eve works on ${sticks[i]}" eve sh -c "echo hers >$on/eve && cat $on/eve >$on/eve2 && mv $on/eve2 $on/eve3 && rm $on/eve3"
		does "$1: so does nina, with what is not labelled" nina sh -c "echo plain >$on/nina && cp $on/nina $on/nina2 && cmp $on/nina $on/nina2"
	done
}

others_work "no place is named"
kept_off "no place: a record goes to no stick with vfat" /mnt/vfat/copy removable
kept_off "no place: nor to one with exfat" /mnt/exfat/copy removable
kept_off "no place: nor to one with ext4" /mnt/ext4/copy removable
kept_off "no place: nor into a file that is there" /mnt/ext4/nina removable
disk=$(stick_of 0) end=$((48 * 2048 - 1))
chmod 666 "$disk"
does "(nina may write to the stick's last sector)" nina dd if=/srv/plain/file "of=$disk" bs=512 count=1 seek=$end conv=notrunc,fsync
does "no place: nor onto the disk itself" denied nina dd if=$record "of=$disk" bs=512 count=1 seek=$end conv=notrunc,fsync
doesnt "... where nothing of it is" grep -q SECRET <(dd "if=$disk" bs=512 count=1 skip=$end iflag=direct 2>/dev/null)
chmod 660 "$disk"

mine='  mine: {removable: [{vendor: "46f4", product: "0001", serial: PHIWARD0}]}'
doors_policy "$mine" '  - {id: to-sticks, allow: [send], labels: [records], programs: [tools], to: [mine]}'
reload "a policy that names one of them"
does "a place: the record goes to that stick" nina cp $record /mnt/vfat/allowed
does "... whole" nina cmp $record /mnt/vfat/allowed
told "... the event names the rule" verdict=allow operation=send door=removable rule=to-sticks path=/mnt/vfat/allowed
kept_off "a place: not to another one" /mnt/exfat/copy2 removable

doors_policy "$mine
  kept: {removable: [{serial: PHIWARD2, access: read}]}" \
	'  - {id: to-sticks, allow: [send], labels: [records], programs: [tools]}'
reload "a policy by which one may be read only"
kept_off "access: read, a rule for everywhere: still refused" /mnt/ext4/copy3 removable
does "access: read: the others may be written to" nina cp $record /mnt/exfat/allowed2
others_work "access: read"

# ---- labels that a stick carries ---------------------------------------------------------

does "eve reads a file on the stick" eve cat /mnt/ext4/plain
does "what came with an attribute is not believed by itself" eve cat /mnt/ext4/foreign
exits "... but when somebody says so" 0 "" phiward label --recall /mnt/ext4/foreign
does "... eve is refused it" closed /mnt/ext4/foreign
exits "a file on the stick is given a label" 0 "" phiward label --set records /mnt/ext4/plain
does "... eve is refused it" closed /mnt/ext4/plain
is "... it carries the attribute" "$(getfattr --only-values -n security.phiward /mnt/ext4/plain 2>/dev/null | od -An -c | tr -d ' ')" '001records'
back() { # back WHEN: the stick is in again; nothing but what it carries, and the agent's store, tells of the label
	local i
	mount_stick 2
	is "$1: the file is there" "$(stat -c %s /mnt/ext4/plain /mnt/ext4/nina | tr '\n' ' ')" "13 6 "
	does "$1: the file is known" wait_for 5 closed /mnt/ext4/plain
	does "$1: so is the other" wait_for 5 closed /mnt/ext4/foreign
	does "$1: the approved program reads it" nina cat /mnt/ext4/plain
	is "$1: it has its label by itself" "$(phiward label --json /mnt/ext4/plain | $json -p by_mark.0)" records
	does "$1: what is not labelled is read by all" eve cat /mnt/ext4/nina
	kept_off "$1: access: read" "/mnt/ext4/copy4" removable
}
umount /mnt/ext4
does "the stick is pulled out" unplug 2
does "... and put back" plug 2
back "pulled out and put back"
umount /mnt/ext4
unplug 2
stop_agent
start_agent
does "the agent has started anew: the stick is put in" plug 2
back "put in later"
does "pulled out as it is" unplug 2
umount -l /mnt/ext4
umount /mnt/vfat /mnt/exfat

# ---- directories ------------------------------------------------------------------------

doors_policy '  export: {directories: [/srv/export]}' \
	'  - {id: to-export, allow: [send], labels: [records], programs: [tools], to: [export]}'
reload "a policy with a directory as a place"
does "a directory that is a place takes the record" nina cp $record /srv/export/copy
told "... by the door file" verdict=allow operation=send door=file rule=to-export
does "... and there it has no label" eve cat /srv/export/copy
does "beside it a copy is made" nina cp $record /srv/other/copy
does "... and is labelled" closed /srv/other/copy
mkdir -p /srv/export/below && chmod 777 /srv/export/below
does "a directory below it belongs to it" nina cp $record /srv/export/below/copy
does "... and there it has no label, either" eve cat /srv/export/below/copy

truncate -s 8M /srv/fat.img
mkfs.vfat /srv/fat.img >/dev/null 2>&1
mkdir -p /srv/fat && modprobe -q loop
does "an image of a disk is mounted" mount -o loop,umask=0 /srv/fat.img /srv/fat
kept_off "a file system that keeps no labels" /srv/fat/copy file
does "... and eve works there" eve sh -c 'echo hers >/srv/fat/eve && cat /srv/fat/eve'
umount /srv/fat

finish
