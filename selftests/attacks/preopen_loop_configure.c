// SPDX-License-Identifier: GPL-3.0-or-later
/* A loop device on a descriptor from before the start, set up in one go (LOOP_CONFIGURE). */
#include "loop.h"

ATTACK("attack: preopen_loop_configure; threat: #23; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int held = -1;

static int prepare(void)
{
	held = open(SECRET, O_RDONLY);
	return held < 0 || truncate(SECRET, 4096) < 0 ? broken("open") : 0;
}

static int act(void)
{
	struct loop_config config = { .fd = (__u32)held };
	int loop = free_loop(), r;

	if (loop < 0)
		return AT_BROKEN;
	if (ioctl(loop, LOOP_CONFIGURE, &config) < 0)
		return refused("LOOP_CONFIGURE");
	r = loot_fd(loop);
	ioctl(loop, LOOP_CLR_FD);
	return r;
}

HELD(prepare, act)
