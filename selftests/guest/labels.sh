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
	phiward label --set nonsense $disk/files/plain >$work/out 2>&1
	is "no such label" "$? $(cat $work/out)" "2 *nonsense*"
	as-user eve phiward label $disk/files/plain >$work/out 2>&1
	is "not for everybody" "$?" 6
	setfattr -n security.phiward -v 0x017265636f726473 $disk/files/plain
	does "an xattr alone does nothing" readable $disk/files/plain
	phiward label --recall -r $disk/files >$work/out
	does "recall takes it over" refused $disk/files/plain
	phiward label --clear records --reason again $disk/files/plain >$work/out
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
	kill -KILL "$agent"
	wait "$agent" 2>/dev/null
	agent=
	start_agent
	does "after kill -9 the copy is guarded" refused $disk/files/link
	does "what waited for the disk is, too" refused $disk/files/full-9
	does "what was cleared is not" readable $disk/files/plain
	umount $disk
	mount -o loop $work/disk.img $disk
	does "after an unmount the copy is guarded" wait_for 10 refused $disk/files/link
	does "lineage is known" grep -q origin <(phiward lineage $disk/files/link)
	sed 's/^/# /' <(grep -E 'VmRSS|RssAnon|RssFile' "/proc/$agent/status")
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

make_store
make_disk
write_policy
start_agent
flow
commands
full_disk
restart
damaged
finish
