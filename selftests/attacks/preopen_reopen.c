// SPDX-License-Identifier: GPL-3.0-or-later
/* Opens /proc/self/fd/N of a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_reopen; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	return loot_path(at_join("/proc/self/fd", "%d", held));
}

HELD(prepare, act)
