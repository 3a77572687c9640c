// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads the block device by a descriptor from before the start. */
#include "disk.h"

ATTACK("attack: raw_block_preopen; threat: #29; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: $OWN_DIR/disk; expect: refused");

static int disk = -1;

static int prepare(void)
{
	int r = keep_offset() ?: disk_node(own("disk"));

	disk = open(own("disk"), O_RDONLY | O_DIRECT);
	return r ?: disk < 0 ? broken("open") : 0;
}

static int act(void)
{
	return loot_disk(disk);
}

HELD(prepare, act)
