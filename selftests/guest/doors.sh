#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --timeout 900
# vm: --usb "$(truncate -s 64M "$O/vm/stick0-$1.img" && echo "$O/vm/stick0-$1.img")"
# vm: --usb "$(truncate -s 64M "$O/vm/stick1-$1.img" && echo "$O/vm/stick1-$1.img")"
# The doors that data leaves by, beside those of the attack battery: sticks (two of QEMU's,
# on a bus of USB) and directories. Everybody else's work on the same media goes on.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

record=/srv/phi/records/a
nina() { as-user nina "$@" >/dev/null 2>&1 </dev/null; }
eve() { as-user eve "$@" >/dev/null 2>&1 </dev/null; }
events() { phiward events --json --limit 2048 2>/dev/null; }
# told NAME CONDITION...: an event that fits comes within 5 s.
told() {
	local name=$1
	shift
	does "$name" wait_for 5 event "$@"
}
event() { events | $json "$@" >/dev/null; }

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

reload() { # reload NAME: the policy as it is now
	if phiward policy load >$work/out 2>&1; then ok "$1"; else not_ok "$1: $(head -c 300 $work/out)"; fi
}

# Not a byte of the record is in the file, if there is one.
nothing_in() { ! grep -q SECRET "$1" 2>/dev/null; }
refused_send() { # refused_send NAME FILE DOOR COMMAND...
	local name=$1 file=$2 door=$3
	shift 3
	if nina "$@"; then
		not_ok "$name: it is not refused"
	elif ! nothing_in "$file"; then
		not_ok "$name: it is refused, and the data is there"
	else
		ok "$name"
	fi
	told "$name: the event names the door $door" kind=access verdict=deny operation=send door="$door"
}

make_store
mkdir -p /srv/export /mnt/fat /mnt/ext /srv/other
chmod 777 /srv/export /srv/other

# ---- sticks ---------------------------------------------------------------------------

stick_of() { # stick_of SERIAL: its device
	local disk
	for disk in /sys/block/sd*; do
		[ -e "$disk" ] || continue
		[ "$(cat "$(readlink -f "$disk/device")/../../../../serial" 2>/dev/null)" = "$1" ] && echo "/dev/${disk##*/}"
	done
}
fat=$(stick_of PHIWARD0) ext=$(stick_of PHIWARD1)
have_sticks=0
if [ -b "$fat" ] && [ -b "$ext" ]; then
	have_sticks=1
	modprobe -q -a vfat nls_cp437 nls_ascii ext4
	mkfs.vfat "$fat" >/dev/null && mkfs.ext4 -q -F -O ^metadata_csum "$ext"
	mount -o umask=0 "$fat" /mnt/fat && mount "$ext" /mnt/ext && chmod 777 /mnt/ext
else
	skip "sticks" "there are none on the bus (selftests/vm/run --usb): '$fat' '$ext'"
fi

doors_policy
start_agent

others_work() { # others_work WHEN
	does "$1: eve writes to the one stick" eve sh -c 'echo hers >/mnt/fat/eve && cat /mnt/fat/eve'
	does "$1: and to the other" eve sh -c 'echo hers >/mnt/ext/eve && cp /mnt/ext/eve /mnt/fat/eve2 && rm /mnt/ext/eve'
	does "$1: so does nina, with what is not labelled" nina sh -c 'echo plain >/mnt/fat/nina && cp /mnt/fat/nina /mnt/ext/nina'
}

if [ $have_sticks = 1 ]; then
	others_work "no place is named"
	refused_send "no place is named: a record goes to no stick with vfat" /mnt/fat/copy removable cp $record /mnt/fat/copy
	refused_send "... nor to one with ext4" /mnt/ext/copy removable cp $record /mnt/ext/copy
	refused_send "... nor into a file that is there" /mnt/ext/nina removable cp $record /mnt/ext/nina
	chmod 666 "$ext"
	nina dd if=$record "of=$ext" bs=512 count=1 conv=notrunc oflag=sync seek=2000
	doesnt "... nor onto the disk itself" grep -q SECRET "$ext"
	doors_policy "$(printf '  mine: {removable: [{vendor: "46f4", product: "0001", serial: PHIWARD0}]}')" \
		'  - {id: to-sticks, allow: [send], labels: [records], programs: [tools], to: [mine]}'
	reload "a policy that names one of them"
	does "a place: the record goes to that stick" nina cp $record /mnt/fat/allowed
	does "... whole" nina cmp $record /mnt/fat/allowed
	told "... the event names place and rule" verdict=allow operation=send door=removable rule=to-sticks
	refused_send "... and not to the other" /mnt/ext/copy2 removable cp $record /mnt/ext/copy2
	doors_policy "$(printf '  mine: {removable: [{vendor: "46f4", product: "0001", serial: PHIWARD0}]}\n  kept: {removable: [{serial: PHIWARD1, access: read}]}')" \
		'  - {id: to-sticks, allow: [send], labels: [records], programs: [tools]}'
	reload "a policy by which one may be read only"
	refused_send "access: read, a rule for everywhere: still refused" /mnt/ext/copy3 removable cp $record /mnt/ext/copy3
	does "access: read: the other may be written to" nina cp $record /mnt/fat/allowed2
	others_work "access: read"
	echo "PHI-SECRET on a stick" >/mnt/ext/labelled
	chmod 644 /mnt/ext/labelled
	does "a file on the stick is given a label" phiward label --set records /mnt/ext/labelled
	doesnt "eve is refused it" eve cat /mnt/ext/labelled
	umount /mnt/ext
	stop_agent
	start_agent
	mount "$ext" /mnt/ext
	closed_again() { ! eve cat /mnt/ext/labelled; }
	does "when the stick comes back the file is known" wait_for 10 closed_again
	does "... and the approved program reads it" nina cat /mnt/ext/labelled
	does "what is not labelled on it is read by all" eve cat /mnt/ext/nina
	umount /mnt/ext /mnt/fat
fi

# ---- directories ------------------------------------------------------------------------

doors_policy '  export: {directories: [/srv/export]}' \
	'  - {id: to-export, allow: [send], labels: [records], programs: [tools], to: [export]}'
reload "a policy with a directory as a place"
does "a directory that is a place takes the record" nina cp $record /srv/export/copy
told "... by door file" verdict=allow operation=send door=file rule=to-export
does "... and there it has no label" eve cat /srv/export/copy
does "beside it a copy is made" nina cp $record /srv/other/copy
doesnt "... and is labelled" eve cat /srv/other/copy
mkdir -p /srv/export/below && chmod 777 /srv/export/below
does "a directory below it belongs to it" nina cp $record /srv/export/below/copy

truncate -s 16M /srv/fat.img
mkfs.vfat /srv/fat.img >/dev/null
mkdir -p /srv/fat && modprobe -q -a loop vfat nls_cp437 nls_ascii
if mount -o loop,umask=0 /srv/fat.img /srv/fat; then
	refused_send "a file system that keeps no labels" /srv/fat/copy file cp $record /srv/fat/copy
	does "... and eve works there" eve sh -c 'echo hers >/srv/fat/eve && cat /srv/fat/eve'
	umount /srv/fat
fi

finish
