// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads the file by its own name. */
#include "attack.h"

ATTACK("attack: open_plain; threat: #1; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return loot_path(SECRET);
}
