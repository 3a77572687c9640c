// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves the file out of the tree. */
#include "attack.h"

ATTACK("attack: rename_out; threat: #5; user: eve; op: rename; errno: EXDEV; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return rename(SECRET, own("moved")) < 0 ? refused("rename") : loot_path(own("moved"));
}
