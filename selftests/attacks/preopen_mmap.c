// SPDX-License-Identifier: GPL-3.0-or-later
/* mmap(2) of a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_mmap; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	return loot_map(held);
}

HELD(prepare, act)
