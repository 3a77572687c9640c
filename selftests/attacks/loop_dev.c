// SPDX-License-Identifier: GPL-3.0-or-later
/* A loop device on the block device under the tree. */
#include "disk.h"
#include "loop.h"

ATTACK("attack: loop_dev; threat: #23; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: $OWN_DIR/disk; expect: refused");

static int setup(void)
{
	return keep_offset() ?: disk_node(own("disk"));
}

static int attack(void)
{
	int disk = open(own("disk"), O_RDONLY);

	return disk < 0 ? refused("open") : loot_by_loop(disk, loot_disk);
}
