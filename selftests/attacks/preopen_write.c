// SPDX-License-Identifier: GPL-3.0-or-later
/* write(2) on a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_write; threat: #34; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_WRONLY)

static int act(void)
{
	return write(held, "forged", 6) < 0 ? refused("write") : works("overwritten");
}

HELD(prepare, act)
