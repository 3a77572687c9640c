#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# vm: --timeout 400
# The label follows the data. Nina, who may, copies a record in the ways that people do; each
# copy is closed to eve and to programs of nina's that are not approved, and open to the
# approved one, with its contents whole. It stays so when the kernel forgets the file, when it
# is renamed or linked, when its file system is unmounted and mounted, when the agent starts
# anew. And what has nothing to do with it is not labelled.
# shellcheck source=selftests/guest/lib.sh
. "$PHIWARD_TESTS/guest/lib.sh"

out=/srv/out
record=/srv/phi/records/a
# Nothing that nina's programs print goes to a file of the test's: it would be labelled, too.
nina() { as-user nina "$@" >/dev/null 2>&1 </dev/null; }
eve() { as-user eve "$@" >/dev/null 2>&1 </dev/null; }
# Shell lines of nina's; $r is the record, the directory of the copies is the current one.
nina_line() { r=$record timeout -s KILL 30 as-user nina sh -c "cd $out && { $1; }" >/dev/null 2>&1 </dev/null; }
holders() { st holders.processes; }
nobody_holds() { [ "$(holders)" = 0 ]; }

make_store
seq -f 'PHI-SECRET line %g of a record' 400 >$record
mkdir -p $out && chmod 777 $out
cat >$policy <<-EOT
	phiward: 1
	mode: enforce
	labels:
	  records: {class: health-status, trees: [/srv/phi/records], on-failure: closed}
	actors:
	  clinicians: {groups: [clinicians]}
	  admins: {users: [root]}
	programs:
	  # what may open a record; gzip, tee, python3, head and the shells may not
	  tools: {paths: [/usr/bin/cat, /usr/bin/cp, /usr/bin/cmp, /usr/bin/tar, /usr/bin/rsync, /usr/bin/dd, /usr/bin/install, /usr/bin/sed]}
	  backup: {paths: [/usr/bin/tar]}
	hubs:
	  guest: {paths: [/usr/sbin/supervise]}
	rules:
	  - {id: tools, allow: [list, stat, read, write, create, delete], labels: [records], actors: [clinicians], programs: [tools]}
	  - {id: backup, allow: [list, stat, read], labels: [records], actors: [admins], programs: [backup]}
	  - {id: rest, deny: all, labels: any}
EOT

# closed NAME FILE: it is labelled.
closed() {
	if ! denied eve cat "$2"; then
		not_ok "$1: eve is not refused"
	elif ! denied nina head -c 1 "$2"; then
		not_ok "$1: a program that is not approved is not refused"
	elif ! nina cat "$2"; then
		not_ok "$1: the approved program does not read it"
	else
		ok "$1"
	fi
}

open_to_all() { if eve cat "$2" && nina head -c 1 "$2"; then ok "$1"; else not_ok "$1: it is refused: $(phiward label "$2" 2>&1)"; fi; }

start_agent
does "at the start nobody holds anything" wait_for 10 nobody_holds

# ---- copies, a line each: file, shell line ---------------------------------------

made=()
while IFS='|' read -r file line; do
	file=${file// /}
	if ! nina_line "$line"; then
		not_ok "copy by $line: does not work"
		continue
	fi
	closed "copy by $line" "$out/$file"
	made+=("$file")
done <<'LINES'
cp          | cp "$r" cp
redirected  | cat "$r" >redirected
appended    | echo before >appended; cat "$r" >>appended
installed   | install -m 644 "$r" installed
dd          | dd if="$r" of=dd bs=100 2>/dev/null
pipeline    | cat "$r" | gzip | tee pipeline
gunzipped   | cat "$r" | gzip | gunzip >gunzipped
xz          | cat "$r" | xz -0 >xz
zstd        | cat "$r" | zstd -q >zstd
base64      | cat "$r" | openssl base64 >base64
archive     | tar -cf archive -C "$(dirname "$r")" a
unpacked    | mkdir -p un && tar -cf - -C "$(dirname "$r")" a | tar -xf - -C un && mv un/a unpacked
rsync       | rsync "$r" rsync
python      | cat "$r" | python3 -c "import sys; open('python', 'w').write(sys.stdin.read())"
substituted | x=$(cat "$r"); printf '%s\n' "$x" >substituted
saved       | cp "$r" saved && sed -i s/SECRET/SAVED/ saved
twice       | cp "$r" once && cp once twice
split       | cat "$r" | split -l 300 - part && mv partab split
sorted      | cat "$r" | sort -r | sort -o sorted
memory      | cp "$r" /dev/shm/memory && cp /dev/shm/memory memory
fifo        | mkfifo f; (timeout 10 cat f >fifo) & timeout 10 cat "$r" >f; wait
waiting     | mkfifo f2; (timeout 10 cat f2 | cat >waiting) & timeout 10 cat "$r" >f2; wait
left        | cat "$r" | setsid -w sh -c 'cat >left'
shared      | /opt/phiward-tests/guest/shares "$r" shared
LINES

same() { nina cmp "$record" "$out/$1"; }
for file in cp redirected installed dd gunzipped unpacked rsync python substituted twice memory fifo waiting left shared; do
	does "$file is what the record is" same $file
done
closed "the copy in memory" /dev/shm/memory

does "whoever made the copies is gone, and so are the labels held" wait_for 20 nobody_holds

# ---- where it came from -----------------------------------------------------------

phiward lineage $out/pipeline >$work/out 2>&1
for part in $record cat gzip tee nina; do
	does "phiward lineage of the pipeline's copy names $part" grep -q -- "$part" $work/out
done
[ $n_bad = 0 ] || sed 's/^/# /' $work/out
is "phiward label tells it, and that it is the file's own" "$(phiward label $out/pipeline 2>&1)" "*pipeline*itself*records*"
is "the events tell of the copy" "$(phiward events --json --limit 2048 | $json kind=labelled path=$out/cp)" "[1-9]*"
is "the events tell who took the label" "$(phiward events --json --limit 2048 | $json kind=took-label process.exe=/usr/bin/gzip)" "[1-9]*"

# ---- what it survives ---------------------------------------------------------------

# who_reads USER COMMAND: which of the copies it reads. The shell that tells so reads none itself.
# shellcheck disable=SC2016
who_reads() {
	(cd $out && as-user "$1" sh -c 'run=$1; shift; for file; do $run "$file" >/dev/null 2>&1 && printf " %s" "$file"; done' \
		sh "$2" "${made[@]}" 2>/dev/null </dev/null)
}
all_closed() { # all_closed WHEN
	is "$1: none of the ${#made[@]} copies is read by eve" "$(who_reads eve cat)" ""
	is "$1: nor by programs that are not approved" "$(who_reads nina "head -c 1")" ""
	is "$1: and all by those that are" "$(who_reads nina cat)" "$(printf ' %s' "${made[@]}")"
}

sync
echo 3 >/proc/sys/vm/drop_caches
all_closed "when the kernel has forgotten the files"

mkdir -m 777 $out/moved
does "eve may rename a copy" as-user eve mv $out/cp $out/moved/renamed
closed "a copy that was renamed" $out/moved/renamed
as-user nina ln $out/installed $out/linked
closed "a copy by its other name" $out/linked
rm -f $out/installed
closed "... when the first is gone" $out/linked
as-user nina mv $out/dd /dev/shm/dd 2>/dev/null || as-user nina cp $out/dd /dev/shm/dd
closed "a copy that was moved to another file system" /dev/shm/dd
made=("${made[@]/#cp/moved/renamed}")
made=("${made[@]/#installed/linked}")
[ -e $out/dd ] || made=("${made[@]/#dd/linked}")

truncate -s 16M /srv/disk.img
mkfs.ext4 -q -F /srv/disk.img
mkdir -p /srv/disk /srv/disk2
mount -o loop /srv/disk.img /srv/disk && chmod 777 /srv/disk
does "a record is copied to another disk" as-user nina cp $record /srv/disk/copy
closed "a copy on another disk" /srv/disk/copy
umount /srv/disk
mount -o loop /srv/disk.img /srv/disk2
known_there() { denied eve cat "$1"; }
does "a copy on a disk that is mounted elsewhere: known" wait_for 5 known_there /srv/disk2/copy
closed "a copy on a disk that is mounted elsewhere" /srv/disk2/copy
umount /srv/disk2

# ---- backup, and back; without the agent ---------------------------------------------

backup() { tar --xattrs --xattrs-include='*' "$@" 2>$work/err; }
does "root's backup of copies is allowed" backup -cf /srv/backup.tar -C $out sorted twice
closed "... and is labelled itself" /srv/backup.tar
mkdir -m 777 $out/restored $out/restored2
does "root's backup is put back" backup -xpf /srv/backup.tar -C $out/restored
closed "a copy that was restored from it" $out/restored/sorted

stop_agent
does "without the agent the copies are files like others" eve cat $out/linked
does "... and so is what is restored" backup -xpf /srv/backup.tar -C $out/restored2
start_agent
all_closed "after the agent was started anew"
mount -o loop /srv/disk.img /srv/disk
does "a copy on a disk that is mounted after that: known" wait_for 5 known_there /srv/disk/copy
closed "a copy on a disk that is mounted after that" /srv/disk/copy
umount /srv/disk
does "what was restored without the agent is read" eve cat $out/restored2/sorted
exits "... until it is recalled" 0 "" phiward label --recall $out/restored2/sorted $out/restored2/twice
closed "... from then on it is closed" $out/restored2/sorted

# ---- what it leaves alone ---------------------------------------------------------------

mkfifo -m 666 $work/hold
chmod 711 $work
as-user nina cat $record $work/hold >/dev/null 2>&1 &
holder=$!
somebody_holds() { [ "$(holders)" -ge 1 ]; }
does "status counts one that holds" wait_for 20 somebody_holds
files=$(st holders.files)
as-user eve sh -c "cd $out && echo hers >eve && cat eve | gzip | gunzip >eve2 && mkfifo ef && (cat ef >eve3 &) && echo x >ef && cp eve eve4"
as-user nina sh -c "cd $out && echo hers >nina && cat nina | tee nina2 >nina3 && echo x >/dev/null && head -c 5 /dev/zero >nina4"
for file in eve eve2 eve4 nina nina2 nina3 nina4; do
	open_to_all "a holder elsewhere: $file is as it was" $out/$file
done
is "a holder elsewhere: no more files carry the label" "$(st holders.files)" "$files"
does "a holder elsewhere: eve sends by the network" as-user eve timeout 20 bash -c \
	'busybox nc -l -p 7001 >/dev/null & until echo x 2>/dev/null >/dev/tcp/127.0.0.1/7001; do :; done; wait'
exec 7<>$work/hold
exec 7>&-
wait $holder
does "when it has ended nobody holds anything" wait_for 20 nobody_holds
is "nothing was lost on the way" "$(st lineage.lost)" 0

finish
