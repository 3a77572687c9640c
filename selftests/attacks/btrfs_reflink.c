// SPDX-License-Identifier: GPL-3.0-or-later
/* FICLONE from a descriptor from before the start. */
#include "attack.h"
#include <linux/fs.h>

ATTACK("attack: btrfs_reflink; threat: #37; user: eve; op: read; errno: EPERM; fs: btrfs; expect: refused");

static int held = -1;

static int prepare(void)
{
	held = open(SECRET, O_RDONLY);
	return held < 0 || fsync(held) < 0 ? broken("open") : 0;
}

static int act(void)
{
	int out = open(own("clone"), O_RDWR | O_CREAT, 0600);

	return ioctl(out, FICLONE, held) < 0 ? refused("FICLONE") : loot_fd(out);
}

HELD(prepare, act)
