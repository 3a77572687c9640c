// SPDX-License-Identifier: GPL-3.0-or-later
/* As root of a user namespace. */
#include "attack.h"

ATTACK("attack: userns_root; threat: #96; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = enter_userns();

	return r ?: loot_path(SECRET);
}
