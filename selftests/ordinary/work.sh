#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# work.sh TASK DIR: one piece of ordinary work in DIR, as whoever calls. It checks its own
# result: exit 0 when all is as it must be, 77 when a program is missing here.
# work.sh --list: the tasks, "name user" a line.
set -eu
tests=$(cd "$(dirname "$0")/.." && pwd)
client=/opt/ehr/bin/ehr-client

need() { for program; do command -v "$program" >/dev/null || { echo "no $program here"; exit 77; }; done; }
same() { [ "$1" = "$2" ] || { echo "'$1' is not '$2'"; exit 1; }; }

some_files() { # some_files DIR
	mkdir -p "$1/a/b" "$1/c"
	local i
	for i in 1 2 3 4 5 6 7 8; do echo "line $i" >"$1/a/f$i"; done
	head -c 300000 /dev/zero >"$1/a/b/zeros"
	ln -s ../a/f1 "$1/c/link"
	ln "$1/a/f2" "$1/c/hard"
	chmod 640 "$1/a/f3"
}

do_git() {
	need git
	export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=n@x GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=n@x
	some_files "$1/src"
	git init -q "$1/src"
	git -C "$1/src" add -A
	git -C "$1/src" commit -qm one
	echo more >>"$1/src/a/f1"
	git -C "$1/src" commit -qam two
	git clone -q -u 'git upload-pack' --local "$1/src" "$1/clone"
	git -C "$1/clone" gc -q
	git -C "$1/clone" mv a/f4 c/f4
	git -C "$1/clone" commit -qm three
	git -C "$1/clone" fsck --strict 2>/dev/null
	same "$(git -C "$1/clone" rev-list --count HEAD)" 3
	same "$(cat "$1/clone/a/f1")" "$(printf 'line 1\nmore')"
}

do_tar() {
	need tar gzip
	some_files "$1/src"
	tar -C "$1" -czf "$1/x.tgz" src
	mkdir "$1/out"
	tar -C "$1/out" -xzpf "$1/x.tgz"
	diff -r "$1/src" "$1/out/src"
}

do_rsync() {
	need rsync
	some_files "$1/src"
	rsync -aH "$1/src/" "$1/dst/"
	echo changed >"$1/src/a/f1"
	rm "$1/src/a/f5"
	rsync -aH --delete "$1/src/" "$1/dst/"
	diff -r "$1/src" "$1/dst"
}

do_editor() {
	need python3
	local how
	for how in vim office atomic; do
		echo old >"$1/$how"
		setfattr -n user.note -v kept "$1/$how" 2>/dev/null || true
		python3 "$tests/ordinary/editor.py" $how "$1/$how" "new text"
		same "$(cat "$1/$how")" "new text"
	done
}

do_sqlite() {
	need sqlite3
	local mode i
	for mode in wal delete truncate; do
		for i in 1 2 3 4; do
			sqlite3 "$1/$mode.db" "pragma journal_mode=$mode; create table if not exists t(x); begin; insert into t select $i from generate_series(1,500); commit; begin; delete from t; rollback;" >/dev/null
		done
		same "$(sqlite3 "$1/$mode.db" 'select count(*), sum(x) from t; pragma integrity_check;' | tr '\n' ' ')" "2000|5000 ok "
	done
}

do_find_grep() {
	# wc ends with a count however many there are; grep -r reads them all
	same "$(find /usr/bin -type f | wc -l)" "$(find /usr/bin -type f -print0 | tr -dc '\0' | wc -c)"
	grep -rl no-such-string-in-here /usr/share /etc 2>/dev/null && exit 1
	find /usr/lib -name 'libc.so*' -exec stat -c %s {} + >/dev/null
	cat /proc/self/status /proc/meminfo >/dev/null
}

do_files() { # every kind of operation
	local d=$1
	echo one >"$d/f"
	cp -a "$d/f" "$d/g"
	mv "$d/g" "$d/h"
	ln "$d/h" "$d/i"
	ln -s h "$d/l"
	same "$(readlink "$d/l")" h
	truncate -s 5 "$d/h"
	chmod 600 "$d/h"
	touch -d 2020-01-01 "$d/h"
	mkdir "$d/x" && mkfifo "$d/x/p" && rm "$d/x/p" && rmdir "$d/x"
	mv -T "$d/f" "$d/i"
	rm "$d/h" "$d/l"
	same "$(cat "$d/i")" one
}

do_client() { # the approved program is an ordinary program elsewhere
	"$client" write "$1/f" 12345
	"$client" append "$1/f" 678
	"$client" mmap "$1/f" abc
	same "$("$client" read "$1/f")" abc45678
	"$client" uring-copy "$1/f" "$1/g"
	same "$(cat "$1/g")" abc45678
	"$client" save "$1/f" saved
	"$client" xattr "$1/f" note
	"$client" tmpfile "$1" "$1/named" text
	"$client" deep "$1" 100
	"$client" ln "$1/f" "$1/hard"
	same "$("$client" exec "$1/f" /bin/cat)" saved
}

do_forks() {
	local i
	for i in $(seq 60); do (exec /bin/true) & done
	wait
	same "$(seq 200 | xargs -n 10 echo | wc -l)" 20
	same "$(for i in 1 2 3; do bash -c "echo \$((i + $i))"; done | wc -l)" 3
}

do_pipes() {
	same "$(head -c 3000000 /dev/zero | tee >(cat >/dev/null) | gzip -c | gzip -dc | wc -c)" 3000000
	mkfifo "$1/p"
	(head -c 100000 /dev/zero >"$1/p") &
	same "$(wc -c <"$1/p")" 100000
	wait
}

do_python() {
	need python3
	python3 - "$1" <<-'END'
		import os, socket, sys, threading
		d = sys.argv[1]
		def work(n):
		    for i in range(40):
		        p = "%s/t%d.%d" % (d, n, i)
		        with open(p, "w") as f:
		            f.write(p)
		        with open(p) as f:
		            assert f.read() == p
		        os.rename(p, p + ".r")
		        os.unlink(p + ".r")
		threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
		[t.start() for t in threads]
		[t.join() for t in threads]
		a, b = socket.socketpair()
		fd = os.open(d + "/sent", os.O_RDWR | os.O_CREAT)
		os.write(fd, b"through a socket")
		socket.send_fds(a, [b"x"], [fd])
		got = socket.recv_fds(b, 1, 1)[1][0]
		assert os.pread(got, 100, 0) == b"through a socket"
		s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(1)
		c = socket.create_connection(s.getsockname()); p, _ = s.accept()
		assert os.sendfile(c.fileno(), fd, 0, 100) == 16 and p.recv(100) == b"through a socket"
		u = socket.socket(socket.AF_UNIX); u.bind(d + "/sock"); os.unlink(d + "/sock")
		for entry in os.scandir("/usr/bin"):
		    entry.stat()
		assert not os.listdir(d) == []
	END
}

do_mounts() {
	mkdir -p "$1/t" "$1/b" "$1/i" "$1/lower" "$1/upper" "$1/work" "$1/o"
	mount -t tmpfs tmpfs "$1/t"
	echo x >"$1/t/f"
	mount --bind "$1/t" "$1/b"
	same "$(cat "$1/b/f")" x
	umount "$1/b"
	umount "$1/t"
	truncate -s 8M "$1/img"
	mkfs.ext4 -q -F "$1/img"
	mount -o loop "$1/img" "$1/i"
	some_files "$1/i/src"
	cp -a "$1/i/src" "$1/copy"
	diff -r "$1/i/src" "$1/copy"
	dd if="$1/img" of=/dev/null bs=64k 2>/dev/null
	umount "$1/i"
	echo low >"$1/lower/f"
	mount -t overlay overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" "$1/o"
	same "$(cat "$1/o/f")" low
	echo up >>"$1/o/f"
	same "$(cat "$1/upper/f")" "$(printf 'low\nup')"
	umount "$1/o"
}

do_userns() {
	need unshare
	unshare -Urm true 2>/dev/null || { echo "no user namespaces"; exit 77; }
	mkdir -p "$1/lower" "$1/upper" "$1/work" "$1/o" "$1/bind"
	echo low >"$1/lower/f"
	# shellcheck disable=SC2016
	unshare -Urm sh -ec '
		mount --bind "$1/lower" "$1/bind"
		[ "$(cat "$1/bind/f")" = low ]
		mount -t overlay overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work,userxattr" "$1/o"
		echo up >>"$1/o/f"
		mount -t tmpfs tmpfs /mnt && echo y >/mnt/f && cat /mnt/f >/dev/null' sh "$1"
	same "$(cat "$1/upper/f")" "$(printf 'low\nup')"
}

do_shm() {
	local f
	f=/dev/shm/work.$$
	echo text >"$f"
	"$client" mmap "$f" TEXT
	same "$(cat "$f")" TEXT
	rm "$f"
}

do_cc() {
	need cc make
	printf 'int main(void){return 0;}\n' >"$1/x.c"
	make -s -C "$1" x
	"$1/x"
}

do_sparse() {
	truncate -s 1G "$1/sparse"
	fallocate -p -o 0 -l 4096 "$1/sparse"
	cp --sparse=always "$1/sparse" "$1/sparse2"
	cp --reflink=auto "$1/sparse2" "$1/sparse3"
	same "$(stat -c %s "$1/sparse3")" 1073741824
}

list='git eve|tar eve|rsync eve|editor eve|sqlite eve|find_grep eve|files eve|client eve|forks eve|pipes eve|python eve|userns eve|shm eve|cc eve|sparse eve
files root|mounts root|tar root|find_grep root|git root|client root|files nina|client nina'

case ${1:-} in
--list) tr '|' '\n' <<<"$list" ;;
*) "do_$1" "$2" ;;
esac
