// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves the file out of the tree, on btrfs. */
#include "attack.h"
#include <linux/fs.h>

ATTACK("attack: btrfs_rename_out; threat: #5; user: eve; op: rename; errno: EXDEV; fs: btrfs; expect: refused");

NO_SETUP

static int attack(void)
{
	return rename(SECRET, own("moved")) < 0 ? refused("rename") : loot_path(own("moved"));
}
