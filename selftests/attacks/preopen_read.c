// SPDX-License-Identifier: GPL-3.0-or-later
/* read(2) on a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_read; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int held = -1;

static int prepare(void)
{
	held = open(SECRET, O_RDONLY);
	return held < 0 ? broken("open") : 0;
}

static int act(void)
{
	return loot_fd(held);
}

HELD(prepare, act)
