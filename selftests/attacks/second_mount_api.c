// SPDX-License-Identifier: GPL-3.0-or-later
/* Mounts the same device a second time by fsopen(2), nowhere. */
#include "disk.h"

ATTACK("attack: second_mount_api; threat: #22; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return disk_node(own("disk"));
}

static int attack(void)
{
	int fs = fsopen("ext4", FSOPEN_CLOEXEC), tree, fd;

	if (fs < 0)
		return broken("fsopen");
	if (fsconfig(fs, FSCONFIG_SET_STRING, "source", own("disk"), 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return refused("fsconfig");
	tree = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	if (tree < 0)
		return refused("fsmount");
	fd = openat(tree, "phi/records/second_mount_api/secret", O_RDONLY);
	return fd < 0 ? refused("openat") : loot_fd(fd);
}
