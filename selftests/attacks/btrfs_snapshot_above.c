// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes a snapshot of the whole file system: the tree is in it, under another name. */
#include "subvolume.h"

ATTACK("attack: btrfs_snapshot_above; threat: #33; user: root-as-eve; op: *; errno: EPERM|EXDEV; fs: btrfs; path: *; expect: refused");

/* The label is on a directory of a subvolume that itself lies outside the tree's root. */
NO_SETUP

static int attack(void)
{
	return loot_snapshot(open("/btr", O_RDONLY | O_DIRECTORY),
			     "phi/records/btrfs_snapshot_above/secret");
}
