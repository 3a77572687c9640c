// SPDX-License-Identifier: GPL-3.0-or-later
/* Renames the alias from before the start outside the tree, and reads the new name. */
#include "attack.h"

ATTACK("attack: hardlink_renamed; threat: #3; user: eve; op: rename|read; errno: EPERM|EXDEV; fs: ext4; path: *; expect: refused");

static int setup(void)
{
	return link(SECRET, own("alias")) < 0 ? broken("link") : 0;
}

static int attack(void)
{
	if (rename(own("alias"), own("renamed")) < 0)
		return refused("rename");
	return loot_path(own("renamed"));
}
