// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves the file out and leaves a whiteout. */
#include "attack.h"

ATTACK("attack: rename_whiteout; threat: #5; user: root-as-eve; op: rename; errno: EXDEV; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	if (renameat2(AT_FDCWD, SECRET, AT_FDCWD, own("moved"), RENAME_WHITEOUT) < 0)
		return refused("renameat2");
	return loot_path(own("moved"));
}
