// SPDX-License-Identifier: GPL-3.0-or-later
/* write(2) on a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_write; threat: #34; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

static int held = -1;

static int prepare(void)
{
	held = open(SECRET, O_WRONLY);
	return held < 0 ? broken("open") : 0;
}

static int act(void)
{
	return write(held, "forged", 6) < 0 ? refused("write") : works("overwritten");
}

HELD(prepare, act)
