// SPDX-License-Identifier: GPL-3.0-or-later
/* Through /proc/self/root. */
#include "attack.h"

ATTACK("attack: open_procroot; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return loot_path(at_join("/proc/self/root", "%s", SECRET));
}
