// SPDX-License-Identifier: GPL-3.0-or-later
/* Puts a descriptor from before the start behind a loop device in use (LOOP_CHANGE_FD). */
#include "loop.h"

ATTACK("attack: preopen_loop_change; threat: #23; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int held = -1;

static int prepare(void)
{
	held = open(SECRET, O_RDONLY);
	return held < 0 || truncate(SECRET, 4096) < 0 ? broken("open") : 0;
}

/* Of the same size, and read-only: else the kernel does not exchange them. */
static int change(int loop)
{
	return ioctl(loop, LOOP_CHANGE_FD, held) < 0 ? refused("LOOP_CHANGE_FD") : loot_fd(loop);
}

static int act(void)
{
	char block[4096] = "bait";
	int bait = open(own("bait"), O_RDWR | O_CREAT, 0600);

	if (write(bait, block, sizeof(block)) < 0)
		return broken("bait");
	return loot_by_loop(open(own("bait"), O_RDONLY), change);
}

HELD(prepare, act)
