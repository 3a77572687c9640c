// SPDX-License-Identifier: GPL-3.0-or-later
/* Renames the directory above the trees, reads below the new name, renames it back. */
#include "attack.h"

ATTACK("attack: rename_root_ancestor; threat: #5; user: root-as-eve; op: rename|read; errno: EPERM|EXDEV; fs: ext4; path: /srv/phi*; expect: refused");

NO_SETUP

static int attack(void)
{
	int r;

	if (rename("/srv/phi", "/srv/phi.moved") < 0)
		return refused("rename");
	r = loot_path("/srv/phi.moved/records/rename_root_ancestor/secret");
	if (rename("/srv/phi.moved", "/srv/phi") < 0)
		return broken("rename back");
	return r;
}
