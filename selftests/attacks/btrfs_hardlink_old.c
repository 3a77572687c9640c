// SPDX-License-Identifier: GPL-3.0-or-later
/* A hard link made outside the tree before the start, on btrfs. */
#include "attack.h"
#include <linux/fs.h>

ATTACK("attack: btrfs_hardlink_old; threat: #3; user: eve; op: read; errno: EPERM; fs: btrfs; path: $OWN_DIR/alias|$PHI_DIR/secret; expect: refused");

static int setup(void)
{
	return link(SECRET, own("alias")) < 0 ? broken("link") : 0;
}

static int attack(void)
{
	return loot_path(own("alias"));
}
