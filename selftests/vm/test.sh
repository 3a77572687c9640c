#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Tests of the guest harness itself.
# shellcheck disable=SC2016
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
run=$here/run
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

check() { # check NAME COMMAND...
	local name=$1
	shift
	if "$@"; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		sed 's/^/  out: /' "$tmp/out" | tail -n 5
		sed 's/^/  err: /' "$tmp/err" | tail -n 5
		failed=1
	fi
}

# vm NAME...: runs a guest; leaves $tmp/out, $tmp/err and $status
vm() {
	status=0
	"$run" "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
}
is() { [ "$status" -eq "$1" ]; }
says() { is "$1" && tail -n 1 "$tmp/err" | grep -q -- "$2"; }
has() { is 0 && grep -qxF -- "$1" "$tmp/out"; }
prints() { is "$1" && [ "$(cat "$tmp/out")" = "$2" ]; }

# ---- wrong usage: no guest needed
usage() {
	vm --help
	check "--help explains" test "$status" -eq 0 -a -s "$tmp/out"
	vm --nonsense -- true
	check "an unknown option is named" says 2 "unknown option '--nonsense'"
	vm --kernel 5.4 -- true
	check "an unknown kernel is named" says 2 "unknown kernel '5.4'"
	vm --kernel 6.1
	check "a missing command is an error" says 2 "no command given"
	vm --add "$tmp/none:/opt/none" -- true
	check "a missing --add file is named" says 2 "$tmp/none"
	vm --usb "$tmp/none.img" -- true
	check "a missing --usb image is named" says 2 "$tmp/none.img"
	vm --timeout soon -- true
	check "a time-out that is no number is refused" says 2 "soon"
	vm --image nonsense -- true
	check "an unknown image is named" says 2 "unknown image 'nonsense'"
	vm --image systemd --icount -- true
	check "what the systemd image cannot do is refused" says 2 "icount"
}

# ---- status and output
status() {
	vm -- sh -c 'exit 7'
	check "status 7 passes through" is 7
	vm -- sh -c 'kill -SEGV $$'
	check "a signal gives 128 + its number" is 139
	vm -- no-such-program
	check "a missing program gives 127" is 127
	vm -- printf '%s|' "a b" "it's" '$HOME' ''
	check "arguments arrive as they are" prints 0 "a b|it's|\$HOME||"
	vm -- sh -c 'sleep 1000 & daemon=$!; exec 1>&- ; exit 5'
	check "a daemon left behind does not hold the guest" is 5
	vm -- sh -c 'echo one >/dev/stderr; echo two >/dev/stdout'
	check "/dev/stdout and /dev/stderr can be opened" prints 0 "one
two"
	vm --timeout 120 -- sh -c 'i=0; while [ $i -lt 8 ]; do head -c 1048576 /dev/zero | tr "\0" $i; i=$((i + 1)); done'
	check "8 MiB of output arrive whole" test "$status" -eq 0 -a "$(stat -c %s "$tmp/out")" -eq 8388608 \
		-a "$(tail -c 1 "$tmp/out")" = 7
}

# ---- the guest fails
fails() {
	vm -- sh -c 'echo "WARNING: test splat" >/dev/kmsg; exit 0'
	check "a kernel warning fails the run" says 125 "WARNING: test splat"
	vm -- sh -c 'echo c >/proc/sysrq-trigger; sleep 60'
	check "a crash of the kernel fails the run" says 125 "complained"
	start=$SECONDS
	vm --timeout 20 -- sleep 1000
	check "a hang ends at the time-out" says 125 "time-out"
	check "... and soon after it" test $((SECONDS - start)) -lt 40
	vm --cmdline rdinit=/nonexistent --timeout 60 -- true
	check "a guest that does not boot says so" is 125
}

# ---- what the guest holds
holds() {
	printf 'hello\n' >"$tmp/file"
	mkdir "$tmp/dir"
	printf 'in dir\n' >"$tmp/dir/x"
	cat >"$tmp/look" <<-'EOF'
		cat "/opt/a b/file" /opt/dir/x
		as-user nina sh -c 'echo login $(id -un) $(id -gn) $(id -Gn) $(cat /proc/self/loginuid)'
		as-user --auid nina root sh -c 'echo root $(id -un) $(cat /proc/self/loginuid)'
		as-user nina sh -c 'cd && touch here && stat -c "home %U %a" . && sudo id -un'
		stat -f -c 'fs %n %T' /srv /sys/fs/bpf /sys/fs/cgroup
		cd /srv
		for fs in btrfs vfat exfat; do
			truncate -s 128M $fs.img && mkfs.$fs $fs.img >/dev/null 2>&1 &&
				mkdir $fs && mount -o loop $fs.img $fs && stat -f -c 'fs %n %T' $fs
		done
		mkdir l u w m && mount -t overlay -o lowerdir=l,upperdir=u,workdir=w none m && stat -f -c 'fs %n %T' m
	EOF
	vm --add "$tmp/file:/opt/a b/file" --add "$tmp/dir:/opt/dir" --add "$tmp/look:/root/look" -- sh /root/look
	check "--add carries a file" has hello
	check "--add carries a directory" has "in dir"
	check "as-user is a login" has "login nina nina nina clinicians 1000"
	check "as-user keeps another's auid for root" has "root root 1000"
	check "users own their homes" has "home nina 700"
	check "nina may sudo" has root
	check "/srv is ext4" has "fs /srv ext2/ext3"
	check "bpffs is mounted" has "fs /sys/fs/bpf bpf_fs"
	check "cgroup2 is mounted" has "fs /sys/fs/cgroup cgroup2fs"
	check "btrfs mounts" has "fs btrfs btrfs"
	check "vfat mounts" has "fs vfat msdos"
	check "exfat mounts" has "fs exfat exfat"
	check "overlay mounts" has "fs m overlayfs"
	vm --lsm "lockdown,yama" -- cat /sys/kernel/security/lsm
	check "--lsm sets the list" grep -q 'lockdown.*yama$' "$tmp/out"
}

# ---- kernels, clocks, neighbours
kernels() {
	while read -r kernel; do
		vm --kernel "$kernel" -- uname -r
		check "kernel $kernel boots" grep -q "^$kernel\." "$tmp/out"
	done < <(sed 's/#.*//; /^[[:space:]]*$/d' "$here/KERNELS")
	vm --icount -- sh -c 'stat -f -c %T /srv; grep -o tsc /sys/devices/system/clocksource/clocksource0/current_clocksource'
	check "--icount boots with the tsc clock and a ramdisk" prints 0 "ext2/ext3
tsc"
	truncate -s 16M "$tmp/usb.img"
	mkfs.vfat "$tmp/usb.img" >/dev/null
	vm --usb "$tmp/usb.img" -- sh -c 'stat -f -c %T /srv; mount /dev/sda /mnt && echo written-by-the-guest >/mnt/hi && umount /mnt'
	check "--usb plugs a stick in, /srv is a disk as ever" prints 0 ext2/ext3
	check "... and what was written stays in the image" grep -q written-by-the-guest "$tmp/usb.img"
	vm --usb "$tmp/usb.img" -- sh -c 'wait_for() { i=0; until "$@"; do [ $((i += 1)) -le 100 ] || exit 1; sleep 0.1; done; }
		gone() { ! ls /sys/block/sd* >/dev/null 2>&1; }; there() { ls /sys/block/sd* >/dev/null 2>&1; }
		echo "unplug 0" >/dev/virtio-ports/usb; wait_for gone
		echo "plug 0" >/dev/virtio-ports/usb; wait_for there
		disk=/dev/$(ls /sys/block | grep ^sd); wait_for mount "$disk" /mnt 2>/dev/null; cat /mnt/hi'
	check "... pulled out and put back it is what it was" prints 0 written-by-the-guest
	"$run" -- sh -c 'echo A >/srv/x; sleep 2; cat /srv/x; exit 3' >"$tmp/a" 2>"$tmp/a.err" & a=$!
	"$run" -- sh -c 'echo B >/srv/x; sleep 2; cat /srv/x; exit 4' >"$tmp/b" 2>"$tmp/b.err" & b=$!
	wait "$a"; sa=$?
	wait "$b"; sb=$?
	check "two guests at once do not disturb each other" test "$sa$(cat "$tmp/a")$sb$(cat "$tmp/b")" = 3A4B
}

# ---- the systemd image
systemd() {
	"$here/image-systemd" >"$tmp/image" 2>"$tmp/err"
	check "the systemd image can be had" test -s "$(cat "$tmp/image")/root.img"
	before=$(stat -c '%Y %s' "$(cat "$tmp/image")"/*.img)
	printf 'hello\n' >"$tmp/file"
	cat >"$tmp/look" <<-'EOF'
		echo "init $(cat /proc/1/comm) $(systemctl is-active multi-user.target) $(systemctl --failed --no-legend | wc -l)"
		stat -f -c 'fs %n %T' / /srv
		cat "/opt/a b/file"
		stat -c '%n %a %U' /root /tmp /home/nina
		systemctl show -P FragmentPath phiwardd.service
		systemctl is-active phiwardd.service
		test -s /etc/phiward/policy.d/00-mode.yaml && echo rules
		as-user nina sh -c 'echo login $(id -Gn) $(cat /proc/self/loginuid) $(sudo id -un)'
		touch /written /srv/written
		(sleep 1000 &)
		exit 7
	EOF
	vm --image systemd --add "$tmp/file:/opt/a b/file" --add "$tmp/look:/root/look" -- sh /root/look
	check "systemd: status 7 passes through" is 7
	status=0 # has() wants it
	check "systemd: boots to multi-user.target without a failure" has "init systemd active 0"
	check "systemd: the root is ext4" has "fs / ext2/ext3"
	check "systemd: /srv is ext4" has "fs /srv ext2/ext3"
	check "systemd: --add carries a file" has hello
	check "systemd: --add leaves /root closed" has "/root 700 root"
	check "systemd: ... and /tmp open" has "/tmp 1777 root"
	check "systemd: users own their homes" has "/home/nina 700 nina"
	check "systemd: people are those of the mini guest" has "login nina clinicians 1000 root"
	if [ -x "${O:-$here/../../build}/bin/phiwardd" ]; then
		check "systemd: the unit is installed" has /lib/systemd/system/phiwardd.service
		check "systemd: ... not started" has inactive
		check "systemd: the rules are installed" has rules
	fi
	vm --image systemd -- sh -c 'ls /written /srv/written 2>/dev/null | wc -l; echo "WARNING: not of the kernel" | systemd-cat'
	check "systemd: what a run writes is gone, the journal is no splat" prints 0 0
	check "systemd: no run changes the image" test "$before" = "$(stat -c '%Y %s' "$(cat "$tmp/image")"/*.img)"
	vm --image systemd -- sh -c 'echo "WARNING: test splat" >/dev/kmsg; sleep 1'
	check "systemd: a kernel warning fails the run" says 125 "WARNING: test splat"
	start=$SECONDS
	vm --image systemd --timeout 60 -- sleep 1000
	check "systemd: a hang ends at the time-out" says 125 "time-out"
	check "systemd: ... and soon after it" test $((SECONDS - start)) -lt 90
	vm --image systemd --cmdline systemd.unit=emergency.target -- true
	check "systemd: a boot that fails ends the guest" says 125 "did not boot"
}

# Guests start slowly and there are two processors: two groups at a time.
group() {
	tmp=$tmp/$1
	mkdir "$tmp"
	for part; do "$part"; done
	return $failed
}
usage
group status fails & one=$!
group holds kernels systemd & two=$!
wait "$one" || failed=1
wait "$two" || failed=1
exit $failed
