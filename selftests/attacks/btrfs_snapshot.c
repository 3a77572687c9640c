// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes a snapshot of a labelled subvolume outside the tree. */
#include "subvolume.h"

ATTACK("attack: btrfs_snapshot; threat: #33; user: eve; op: *; errno: EPERM|EXDEV; fs: btrfs; path: *; expect: refused");

static int setup(void)
{
	return labelled_subvolume();
}

static int attack(void)
{
	return loot_snapshot(open(phi("sub"), O_RDONLY | O_DIRECTORY), "secret");
}
