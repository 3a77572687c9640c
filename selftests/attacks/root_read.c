// SPDX-License-Identifier: GPL-3.0-or-later
/* Root that eve became reads the file. */
#include "attack.h"

ATTACK("attack: root_read; threat: #1; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return loot_path(SECRET);
}
