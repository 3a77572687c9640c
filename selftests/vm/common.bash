# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Shared by the guest scripts (run, image, kernel): where things are, how a
# cached file is made once. Sourced, not run.

vm_src=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$vm_src/../.." && pwd)
O=${O:-$top/build}
case $O in /*) ;; *) O=$top/$O ;; esac
cache=$O/vm
# Tools of the system, even where the caller's PATH is a user's.
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8

say() { printf 'vm: %s\n' "$*" >&2; }
die() { # die STATUS MESSAGE
	local status=$1
	shift
	say "$*"
	exit "$status"
}

# with_lock NAME COMMAND...: only one of us at a time makes NAME.
with_lock() {
	local lock=$cache/locks/$1
	shift
	mkdir -p "$cache/locks"
	(
		flock 9
		"$@"
	) 9>"$lock"
}

# pack DIR FILE: an uncompressed initramfs archive owned by root. (The kernel
# unpacks several in a row; decompressing in an emulated CPU would cost seconds.)
pack() {
	(cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio --quiet --null -o -H newc -R 0:0 --reproducible) >"$2"
}

# libraries FILE...: the shared libraries that these programs need.
libraries() {
	local f
	for f; do
		ldd "$f" 2>/dev/null || :
	done | sed -n 's/.*=> \(\/[^ ]*\) (.*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' | sort -u
}

# put ROOT FILE [DEST]: copies FILE, following links, to DEST (default: same
# name). /bin, /sbin and /lib* are links into /usr, as in Debian.
put() {
	local dest=${3:-$2}
	case $dest in
	/bin/* | /sbin/* | /lib/* | /lib64/*) dest=/usr$dest ;;
	esac
	mkdir -p "$1${dest%/*}"
	rm -f "$1$dest"
	cp -L --preserve=mode,timestamps "$2" "$1$dest"
}
