// SPDX-License-Identifier: GPL-3.0-or-later
/* Mounts the same device a second time. */
#include "attack.h"

ATTACK("attack: second_mount; threat: #22; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: *; expect: refused");

/* Makes the node of the disk under the tree. */
static int disk_node(const char *path)
{
	struct stat st;

	if (stat("/srv", &st) < 0)
		return broken("stat");
	return mknod(path, S_IFBLK | 0600, st.st_dev) < 0 ? refused("mknod") : 0;
}

static int setup(void)
{
	return disk_node(own("disk"));
}

static int attack(void)
{
	int r = enter_mountns();

	if (r)
		return r;
	mkdir(own("mnt"), 0777);
	if (mount(own("disk"), own("mnt"), "ext4", MS_RDONLY, NULL) < 0 &&
	    mount(own("disk"), own("mnt"), "ext4", 0, NULL) < 0)
		return refused("mount");
	return loot_path(own("mnt/phi/records/second_mount/secret"));
}
