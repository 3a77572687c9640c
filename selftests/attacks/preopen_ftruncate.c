// SPDX-License-Identifier: GPL-3.0-or-later
/* ftruncate(2) on a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_ftruncate; threat: #34; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDWR)

static int act(void)
{
	return ftruncate(held, 0) < 0 ? refused("ftruncate") : works("truncated");
}

HELD(prepare, act)
