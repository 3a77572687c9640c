// SPDX-License-Identifier: GPL-3.0-or-later
/* A loop device on a descriptor of the file from before the start: a kernel thread reads it. */
#include "loop.h"

ATTACK("attack: preopen_loop; threat: #23; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int held = -1;

static int prepare(void)
{
	held = open(SECRET, O_RDONLY);
	return held < 0 || ftruncate(open(SECRET, O_WRONLY), 4096) < 0 ? broken("open") : 0;
}

static int act(void)
{
	return loot_by_loop(held, loot_fd);
}

HELD(prepare, act)
