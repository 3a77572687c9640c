// SPDX-License-Identifier: GPL-3.0-or-later
/* fchmod(2) on a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_fchmod; threat: #34; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	return fchmod(held, 0400) < 0 ? refused("fchmod") : works("mode changed");
}

HELD(prepare, act)
