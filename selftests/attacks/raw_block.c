// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads the block device under the tree. */
#include "disk.h"

ATTACK("attack: raw_block; threat: #29; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: $OWN_DIR/disk; expect: refused");

static int setup(void)
{
	return keep_offset() ?: disk_node(own("disk"));
}

static int attack(void)
{
	int fd = open(own("disk"), O_RDONLY | O_DIRECT);

	return fd < 0 ? refused("open") : loot_disk(fd);
}
