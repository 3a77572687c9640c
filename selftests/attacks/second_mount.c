// SPDX-License-Identifier: GPL-3.0-or-later
/* Mounts the same device a second time. */
#include "disk.h"

ATTACK("attack: second_mount; threat: #22; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: $OWN_DIR/mnt/phi/records/second_mount/secret; expect: refused");

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
