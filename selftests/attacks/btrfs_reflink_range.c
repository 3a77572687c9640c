// SPDX-License-Identifier: GPL-3.0-or-later
/* FICLONERANGE from a descriptor from before the start. */
#include "attack.h"
#include <linux/fs.h>

ATTACK("attack: btrfs_reflink_range; threat: #37; user: eve; op: read; errno: EPERM; fs: btrfs; expect: refused");

static int held = -1;

static int prepare(void)
{
	held = open(SECRET, O_RDWR);
	return held < 0 || ftruncate(held, 8192) < 0 || fsync(held) < 0 ? broken("open") : 0;
}

static int act(void)
{
	int out = open(own("clone"), O_RDWR | O_CREAT, 0600);
	struct file_clone_range range = { .src_fd = held, .src_length = 4096 };

	return ioctl(out, FICLONERANGE, &range) < 0 ? refused("FICLONERANGE") : loot_fd(out);
}

HELD(prepare, act)
