#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# inside.sh TASK DIR OUT: a clinician's work in the labelled directory DIR with approved
# programs alone (this shell is none: it may not look inside). OUT is a directory outside: what
# comes there from DIR carries its label, so that approved programs alone may read it there, too.
# inside.sh --list: the tasks.
set -eu
client=/opt/ehr/bin/ehr-client
editor=/opt/ehr/bin/editor.py
same() { [ "$1" = "$2" ] || { echo "'$1' is not '$2'"; exit 1; }; }
need() { for program; do command -v "$program" >/dev/null || { echo "no $program here"; exit 77; }; done; }

some_files() { # some_files DIR: outside, by any program
	mkdir -p "$1/a/b"
	local i
	for i in 1 2 3 4 5; do echo "line $i" >"$1/a/f$i"; done
	head -c 200000 /dev/zero >"$1/a/b/zeros"
}

do_client() {
	$client write "$1/f" 12345
	$client append "$1/f" 678
	$client mmap "$1/f" abc
	same "$($client read "$1/f")" abc45678
	$client uring-copy "$1/f" "$1/g"
	same "$($client read "$1/g")" abc45678
	$client save "$1/f" saved
	same "$($client read "$1/f")" saved
	$client xattr "$1/f" note
	$client chmod 640 "$1/f"
	same "$($client stat "$1/f")" "5 640"
	$client truncate 3 "$1/f"
	same "$($client read "$1/f")" sav
	$client mkdir "$1/d"
	$client mv "$1/f" "$1/d/f"
	$client copy "$1/d/f" "$1/d/g"
	same "$($client ls "$1/d" | sort | tr '\n' ' ')" "f g "
	$client ln "$1/d/f" "$1/d/h"
	$client symlink f "$1/d/l"
	$client rm "$1/d/h"
	$client rm "$1/d/g"
	$client mv "$1/d" "$1/e"
	same "$($client read "$1/e/f")" sav
	$client tmpfile "$1" "$1/named" text
	same "$($client read "$1/named")" text
	$client deep "$1" 120
	$client rm "$1/e/l"
	$client rm "$1/e/f"
	$client rmdir "$1/e"
}

do_client_many() {
	local i
	for i in $(seq 40); do $client save "$1/f$i" "text $i"; done
	same "$($client ls "$1" | wc -l)" 40
	same "$($client read "$1/f17")" "text 17"
}

do_git() {
	need git
	export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=n@x GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=n@x
	git init -q "$1/src"
	$client write "$1/src/f1" "one"
	$client write "$1/src/f2" "two"
	git -C "$1/src" add -A
	git -C "$1/src" commit -qm one
	$client append "$1/src/f1" " more"
	git -C "$1/src" commit -qam two
	git clone -q -u 'git upload-pack' --local "$1/src" "$1/clone"
	git -C "$1/clone" gc -q
	git -C "$1/clone" mv f2 f3
	git -C "$1/clone" commit -qm three
	git -C "$1/clone" fsck --strict 2>/dev/null
	same "$(git -C "$1/clone" rev-list --count HEAD)" 3
	same "$($client read "$1/clone/f1")" "one more"
}

do_tar() {
	need tar
	some_files "$2/src"
	tar -C "$2" -cf "$2/x.tar" src
	tar -C "$1" -xpf "$2/x.tar"
	tar -C "$1" -cf "$2/back.tar" src
	same "$($client read "$1/src/a/f3")" "line 3"
	mkdir "$2/back"
	tar -C "$2/back" -xf "$2/back.tar"
	tar -C "$2/back" -df "$2/x.tar"
	same "$($client read "$2/back/src/a/f4")" "line 4"
}

do_rsync() {
	need rsync
	some_files "$2/src"
	rsync -a "$2/src/" "$1/dst/"
	echo changed >"$2/src/a/f1"
	rm "$2/src/a/f2"
	rsync -a --delete "$2/src/" "$1/dst/"
	rsync -a "$1/dst/" "$1/dst2/"
	rsync -a "$1/dst2/" "$2/back/"
	same "$(rsync -acni --delete "$2/src/" "$2/back/")" ""
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

do_editor() {
	need python3
	local how
	for how in vim office atomic; do
		$client write "$1/$how" old
		$editor $how "$1/$how" "new text"
		same "$($client read "$1/$how")" "new text"
	done
}

# Across the border of a label rename() says EXDEV: mv copies and deletes, by its own rights.
do_mv_out() {
	$client write "$1/f" "moved out"
	mv "$1/f" "$2/f"
	same "$($client read "$2/f")" "moved out"
	same "$($client ls "$1")" ""
}

do_mv_in() {
	echo "moved in" >"$2/f"
	mv "$2/f" "$1/f"
	same "$($client read "$1/f")" "moved in"
	[ ! -e "$2/f" ]
}

do_mv_dir() {
	some_files "$2/src"
	mv "$2/src" "$1/dir"
	same "$($client read "$1/dir/a/f2")" "line 2"
	mv "$1/dir" "$2/back"
	same "$($client read "$2/back/a/f2")" "line 2"
	[ ! -e "$2/src" ]
}

do_cp() {
	$client write "$1/f" "copied"
	cp "$1/f" "$1/g"
	cp -a "$1/g" "$1/h"
	same "$($client read "$1/h")" copied
}

do_cache() { # a globbed tree that does not exist yet
	local home=/srv/home/nina.$$
	mkdir "$home"
	$client mkdir "$home/.ehr-cache"
	$client write "$home/.ehr-cache/f" text
	same "$($client read "$home/.ehr-cache/f")" text
	$client rm "$home/.ehr-cache/f"
	$client rmdir "$home/.ehr-cache"
	$client mkdir "$home/.ehr-cache"
	$client save "$home/.ehr-cache/f" again
	same "$($client read "$home/.ehr-cache/f")" again
}

list="client client_many git tar rsync sqlite editor mv_out mv_in mv_dir cp cache"
case ${1:-} in
--list) printf '%s\n' $list ;;
*) "do_$1" "$2" "$3" ;;
esac
