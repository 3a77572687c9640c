// SPDX-License-Identifier: GPL-3.0-or-later
/* The alias again, after the kernel has forgotten every inode it could. */
#include "attack.h"

ATTACK("attack: hardlink_dropped; threat: #3; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: $OWN_DIR/alias|$PHI_DIR/secret; expect: refused");

static int setup(void)
{
	return link(SECRET, own("alias")) < 0 ? broken("link") : 0;
}

static int attack(void)
{
	if (drop_caches())
		return AT_BROKEN;
	return loot_path(own("alias"));
}
