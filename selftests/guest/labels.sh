#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --timeout 1500
# kernels: 6.1
# Labels of files outlive the agent, an unmount, a name; they are set, cleared and recalled by
# command; a store that is full, or damaged, is told.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

disk=/srv/disk
store=/var/lib/phiward

make_disk() {
	truncate -s 64M $work/disk.img
	mkfs.ext4 -q $work/disk.img
	mkdir -p $disk $store
	mount -o loop $work/disk.img $disk
	mount -t tmpfs -o size=4m,mode=700 tmpfs $store
	mkdir -m 777 $disk/files
	echo plain >$disk/files/plain
	chmod 666 $disk/files/plain
}

store_says() { st "store.$1"; }
is_store() { [ "$(store_says "$1")" = "$2" ]; }
copy() { as-user nina sh -c "head -c 100 /srv/phi/records/a >$1"; }

flow() {
	copy $disk/files/copy
	does "a copy is guarded" refused $disk/files/copy
	is "label tells it" "$(phiward label $disk/files/copy)" "$disk/files/copy: by name -; by itself records since *Z"
	is "label tells a record by its name" "$(phiward label /srv/phi/records/a)" "*: by name records; by itself -"
	is "and what carries nothing" "$(phiward label $disk/files/plain)" "*: no label"
	is "lineage begins at the record" "$(phiward lineage $disk/files/copy | sed -n 2p)" "*nina, */head (pid *), read /srv/phi/records/a  \[records\]  origin"
	is "and ends at the copy" "$(phiward lineage $disk/files/copy | tail -n 1)" "*nina, */head (pid *), wrote to $disk/files/copy  \[records\]"
	is "the file has its xattr" "$(getfattr --absolute-names -e hex -n security.phiward $disk/files/copy | sed -n 's/^security.phiward=//p')" 0x017265636f726473
	ln $disk/files/copy $disk/files/link
	mv $disk/files/copy $disk/files/moved
	does "under another name, too" refused $disk/files/link
	does "no name stands in the store" no_name moved
	does "nor does a record's" no_name records/a
}
no_name() { ! cat $store/labels.db $store/labels.db-wal | grep -qaF "$1"; }

commands() {
	is "set" "$(phiward label --set records $disk/files/plain)" "*by itself records*; set records"
	does "what was set is guarded" refused $disk/files/plain
	phiward label --clear records $disk/files/plain >$work/out 2>&1
	is "clearing needs a reason" "$? $(cat $work/out)" "2 *--reason*"
	is "clear" "$(phiward label --clear records --reason 'a letterhead' $disk/files/plain)" "*: no label; cleared records"
	does "what was cleared is readable" readable $disk/files/plain
	is "the reason is an event" "$(phiward events --json | grep label-cleared | tail -n 1)" '*: a letterhead*'
	is "the log has its token" "$(grep label-cleared $events_log | tail -n 1)" '*"reason_token":"~*'
	is "and not the reason" "$(grep -c letterhead $events_log)" 0
	phiward label --set nonsense $disk/files/plain >$work/out 2>&1
	is "no such label" "$? $(cat $work/out)" "2 *nonsense*"
	as-user eve phiward label $disk/files/plain >$work/out 2>&1
	is "not for everybody" "$?" 6
}

xattr_of() { getfattr --absolute-names -e hex -n security.phiward "$1" 2>$work/err | sed -n 's/^security.phiward=//p'; }
is_xattr() { [ "$(xattr_of "$1")" = "$2" ]; }
event_of() { phiward events --json | grep "\"$1\"" | tail -n 1; }
# Whoever puts a backup back sets the xattr; who takes it off takes no label off.
xattrs() {
	setfattr -n security.phiward -v 0x017265636f726473 $disk/files/plain
	does "an xattr that root sets labels the file" wait_for 10 refused $disk/files/plain
	is "it is told" "$(event_of label-recalled)" '*"labels":\["records"\]*setfattr*'
	does "lineage says that it came with it" wait_for 10 came_with_it $disk/files/plain
	setfattr -x security.phiward $disk/files/plain
	does "without its xattr it carries the label" refused $disk/files/plain
	does "and gets the xattr back" wait_for 10 is_xattr $disk/files/plain 0x017265636f726473
	is "who took it off is told" "$(event_of label-tampered)" '*"labels":\["records"\]*setfattr*'
	setfattr -n security.phiward -v 0x017374616666 $disk/files/plain
	does "with another one, too" wait_for 10 is_xattr $disk/files/plain 0x017265636f7264732c7374616666
	is "a name that no policy has is kept" "$(phiward label $disk/files/plain)" "*by itself records,staff*"
	phiward label --clear records --clear staff --reason again $disk/files/plain >$work/out
	does "what is cleared by command stays so" readable $disk/files/plain
	does "and has no xattr" wait_for 10 is_xattr $disk/files/plain ""
	as-user eve sh -c "echo mine >$disk/files/eves"
	as-user eve setfattr -n security.phiward -v 0x017265636f726473 $disk/files/eves 2>$work/err
	is "only root sets it" "$? $(cat $work/err)" "1 *not permitted*"
	does "and eve's file is readable" readable $disk/files/eves
	setfattr -n security.phiward -v 0x0100ff $disk/files/eves
	does "nonsense labels nothing" readable $disk/files/eves
	setfattr -x security.phiward $disk/files/eves
}
# An overlay copies a file, xattrs and all, when somebody first writes to it: he may.
copied_up() {
	mkdir -p -m 777 $disk/upper $disk/ovlwork $work/merged
	mount -t overlay overlay -o lowerdir=$disk/files,upperdir=$disk/upper,workdir=$disk/ovlwork $work/merged
	does "a labelled file is written to through an overlay" as-user nina sh -c "echo more >>$work/merged/moved"
	does "and guarded there, too" wait_for 10 refused $work/merged/moved
	umount $work/merged
	does "its copy has the xattr" is_xattr $disk/upper/moved 0x017265636f726473
}
came_with_it() { phiward lineage "$1" | grep -q 'as its xattr said'; }

# Made while no agent was there, put back while one is.
make_backup() {
	mkdir -p -m 755 $disk/backup
	tar --xattrs --xattrs-include='*' -C $disk/files -cf $work/backup.tar moved
	rsync -aX $disk/files/moved $disk/backup/
	setfattr -n security.phiward -v 0x017265636f726473 $disk/files/plain
}
restore_backup() {
	does "an xattr that was set before the agent came does nothing" readable $disk/files/plain
	phiward label --recall -r $disk/files >$work/out
	does "recall takes it over" refused $disk/files/plain
	phiward label --clear records --reason again $disk/files/plain >$work/out
	does "the backup itself is not known" readable $disk/backup/moved
	mkdir -m 755 $disk/untarred $disk/synced
	does "tar puts it back" tar --xattrs --xattrs-include='*' -C $disk/untarred -xf $work/backup.tar
	does "what tar put back is guarded" wait_for 10 refused $disk/untarred/moved
	does "rsync does" rsync -aX $disk/backup/moved $disk/synced/
	does "what rsync put back is guarded" wait_for 10 refused $disk/synced/moved
	is "both by their own marks" "$(phiward label $disk/untarred/moved $disk/synced/moved | grep -c 'by itself records')" 2
	does "and so in the store" wait_for 10 in_store $disk/synced/moved
}
in_store() { [ "$(sqlite3 -readonly $store/labels.db "select labels from mark where inode = $(stat -c %i "$1")" 2>$work/err)" != "" ]; }

# ---- what processes hold -----------------------------------------------------

# Reads $1, waits for a line on $2, forks a child that waits on $3, waits for a line on $2;
# then writes, and connects. The child writes when it is told to. Exits with 3 when it was
# refused to connect, 4 when it was let.
# shellcheck disable=SC2016
holder='
	read -r line <"$1" || exit 5
	exec 6<"$2"
	read -r _ <&6
	(: >"$4.child-here"; read -r _ <"$3"; echo "$line" >"$4.child") &
	read -r _ <&6
	echo "$line" >"$4"
	error=$({ exec 7<>/dev/tcp/203.0.113.7/443; } 2>&1)
	[[ $error == *"not permitted"* ]] && exit 3
	exit 4'

tell() { timeout 60 sh -c "echo go >'$1'"; }
n_held() { sqlite3 -readonly $store/labels.db 'select count(*) from held' 2>$work/err; }
is_held() { [ "$(n_held)" = "$1" ]; }

start_holders() {
	mkfifo -m 666 $work/h.go $work/h.child $work/i.go $work/i.child
	as-user nina bash -c "$holder" holder /srv/phi/records/a $work/h.go $work/h.child /tmp/held </dev/null >/dev/null 2>&1 &
	h_pid=$!
	exec 8<>$work/h.go
	as-user nina bash -c "$holder" holder /srv/plain/file $work/i.go $work/i.child /tmp/idle </dev/null >/dev/null 2>&1 &
	i_pid=$!
	exec 9<>$work/i.go
	does "who holds is in the store within a second" wait_for 1 is_held 1
}

fork_children() {
	echo go >&8
	echo go >&9
	does "it forks while no agent is there" wait_for 20 test -e /tmp/held.child-here
	does "and so does the other" wait_for 20 test -e /tmp/idle.child-here
}

holders() {
	is "they hold again, the child too" "$(st holders.processes)" 2
	echo go >&8
	echo go >&9
	exec 8>&- 9>&-
	wait $h_pid
	is "who held may not connect" "$?" 3
	wait $i_pid
	is "who held nothing may" "$?" 4
	does "what it writes is guarded" refused /tmp/held
	does "what the other writes is not" readable /tmp/idle
	tell $work/h.child
	tell $work/i.child
	does "what the child writes is guarded" wait_for 10 refused /tmp/held.child
	does "what the other's writes is not" wait_for 10 readable /tmp/idle.child
	does "who has ended is forgotten" wait_for 20 is_held 0
	rm -f /tmp/held* /tmp/idle*
}

# ---- names -------------------------------------------------------------------

labels_lines() { for ((i = 0; i < $2; i++)); do printf '  %s%d: {class: care, trees: [/srv/%s/%d]}\n' "$1" $i "$1" $i; done; }
load_labels() { write_policy "$nina" enforce "$(labels_lines "$1" "$2")"; phiward policy load >$work/out 2>&1; }

# Sixty names were used, and others come: those that nothing carries make room.
names() {
	load_labels old 50
	does "fifty labels are loaded" test $? = 0
	is "one of them is set" "$(phiward label --set old7 $disk/files/plain)" "*by itself old7*"
	load_labels none 0
	load_labels new 60
	is "sixty others are loaded" "$? $(cat $work/out)" "0 *"
	does "it is said which names are forgotten" grep -q "nothing carries are forgotten: .*old49" $log
	is "what carries one has it still" "$(phiward label $disk/files/plain)" "*by itself old7*"
	echo new >$disk/files/new
	is "a new one is set" "$(phiward label --set new59 $disk/files/new)" "*by itself new59*"
	does "and guards" refused $disk/files/new
	does "with its xattr" wait_for 10 is_xattr $disk/files/new 0x016e65773539
	load_labels new 63
	is "more than there is room for is an error" "$? $(cat $work/out)" "[1-9] *more than 64*"
	write_policy "$nina"
	phiward policy load >$work/out
	phiward label --clear old7 --reason test $disk/files/plain >$work/out
	phiward label --clear new59 --reason test $disk/files/new >$work/out
}

full_disk() {
	dd if=/dev/zero of=$store/ballast bs=4k >/dev/null 2>&1
	for i in 1 2 3 4 5 6 7 8 9; do copy $disk/files/full-$i; done
	does "a full disk is told" wait_for 30 is_store working false
	does "what is written then is guarded all the same" refused $disk/files/full-9
	rm $store/ballast
	does "with room again it is written" wait_for 60 is_store working true
	does "all of it" wait_for 60 is_store waiting 0
	is "and nothing is lost" "$(store_says lost)" 0
}

restart() {
	start_holders
	kill -KILL "$agent"
	wait "$agent" 2>/dev/null
	agent=
	fork_children
	make_backup
	start_agent
	holders
	does "after kill -9 the copy is guarded" refused $disk/files/link
	does "what waited for the disk is, too" refused $disk/files/full-9
	does "what was cleared is not" readable $disk/files/plain
	restore_backup
	umount $disk
	does "in a mount namespace of its own, too" in_private
	mounted_again
	does "lineage is known" grep -q origin <(phiward lineage $disk/files/link)
	sed 's/^/# /' <(grep -E 'VmRSS|RssAnon|RssFile' "/proc/$agent/status")
}

# Mounted where the agent does not see it.
in_private() {
	unshare -m sh -c "mount -o loop $work/disk.img /mnt || exit 2
		as-user eve cat /mnt/files/plain >/dev/null || exit 3
		! as-user eve cat /mnt/files/link >/dev/null 2>&1"
}

entries() { bpftool map dump name "$1" | grep -c '"key":'; }
n_marks() { entries pw_marks; }
n_awaited() { entries pw_awaited; }
told_awaited() { phiward events --json --limit 64 --user eve | grep "$disk/files/link" | grep -q labels-awaited; }
none_awaited() { [ "$(n_awaited)" = 0 ]; }
has_marks() { [ "$(n_marks)" = "$1" ]; }
# From the first access on, be the agent as slow as it may.
mounted_again() {
	local i
	mount -o loop $work/disk.img $disk
	for i in 1 2 3 4; do
		umount $disk
		mount -o loop $work/disk.img $disk
		does "after unmount $i the copy is guarded" refused $disk/files/link
		does "and nothing else" readable $disk/files/plain
	done
	umount $disk
	stop_agent
	start_agent
	kill -STOP "$agent"
	mount -o loop $work/disk.img $disk
	does "a disk that the agent never saw is guarded from its store" refused $disk/files/link
	does "and nothing else there" readable $disk/files/plain
	does "who may read it does" as-user nina head -c 1 $disk/files/link >$work/out
	is "it is awaited" "$(n_awaited)" 1
	kill -CONT "$agent"
	does "the marks are back" wait_for 20 none_awaited
	does "it is guarded then, too" refused $disk/files/link
	does "that they were awaited is told" told_awaited
	marks=$(n_marks)
	copy $disk/files/late
	umount $disk
	mount -o loop $work/disk.img $disk
	does "what was written just before an unmount is guarded" refused $disk/files/late
	doesnt "and stays so" wait_for 1 readable $disk/files/late
	rm $disk/files/late
	does "marks of what was unmounted are gone" wait_for 20 has_marks "$marks"
	grep 'after their file system was read' $log | sed 's/^/# /'
}

# A label that fails closed: no protection without the store, and it is left as it is.
damaged() {
	stop_agent
	dd if=/dev/urandom of=$store/labels.db bs=1k count=16 conv=notrunc 2>/dev/null
	rm -f $store/labels.db-wal $store/labels.db-shm
	sum=$(sha256sum <$store/labels.db)
	launch --policy $policy
	does "a damaged store is no protection" wait_for $start_s reason_has "store of labels"
	does "the hooks refuse all the same" refused /srv/phi/records/a
	is "it is left alone" "$(sha256sum <$store/labels.db)" "$sum"
	does "an event says so" grep -q not-protecting $events_log
}

# Whatever she reads with: a process that is older than the agent is no program to it.
nina='  - {id: nina, allow: [read], labels: [records], actors: [clinicians]}'
make_store
make_disk
write_policy "$nina"
start_agent
flow
commands
xattrs
copied_up
full_disk
restart
names
damaged
finish
