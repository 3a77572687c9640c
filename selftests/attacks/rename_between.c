// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves the file into a tree with another label. */
#include "attack.h"

ATTACK("attack: rename_between; threat: #5; user: eve; op: rename; errno: EXDEV; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	if (rename(SECRET, "/srv/phi/genomes/moved") < 0)
		return refused("rename");
	int r = loot_path("/srv/phi/genomes/moved");
	rename("/srv/phi/genomes/moved", SECRET);
	return r;
}
