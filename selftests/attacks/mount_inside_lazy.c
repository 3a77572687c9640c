// SPDX-License-Identifier: GPL-3.0-or-later
/* Detaches a mount inside the tree, then opens below a directory that is still held. */
#include "inside.h"

ATTACK("attack: mount_inside_lazy; threat: #21; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: *; check: none; expect: refused");

static int dir = -1;

static int prepare(void)
{
	if (mount_at_mnt() || mkdir(phi("mnt/dir"), 0777) < 0 ||
	    copy_file(SECRET, phi("mnt/dir/secret"), 0666))
		return broken("mkdir");
	dir = open(phi("mnt/dir"), O_PATH | O_DIRECTORY);
	return dir < 0 ? broken("open") : 0;
}

static int act(void)
{
	int fd;

	if (umount2(phi("mnt"), MNT_DETACH) < 0)
		return refused("umount2");
	fd = openat(dir, "secret", O_RDONLY);
	return fd < 0 ? refused("openat") : loot_fd(fd);
}

HELD(prepare, act)
