// SPDX-License-Identifier: GPL-3.0-or-later
/* read(2) on a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_read; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	return loot_fd(held);
}

HELD(prepare, act)
