// SPDX-License-Identifier: GPL-3.0-or-later
/* Punches a hole through a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_fallocate; threat: #34; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDWR)

static int act(void)
{
	return fallocate(held, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) < 0
		       ? refused("fallocate")
		       : works("zeroed");
}

HELD(prepare, act)
