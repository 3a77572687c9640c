// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads in a subvolume that lies inside the tree. */
#include "subvolume.h"

ATTACK("attack: btrfs_subvolume; threat: #33; user: eve; op: read; errno: EPERM; fs: btrfs; path: $PHI_DIR/sub/secret; expect: refused");

static int setup(void)
{
	return labelled_subvolume();
}

static int attack(void)
{
	return loot_path(phi("sub/secret"));
}
