// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads through a hard link made outside the tree before the agent started. */
#include "attack.h"

ATTACK("attack: hardlink_old; threat: #3; user: eve; op: read; errno: EPERM; fs: ext4; path: $OWN_DIR/alias|$PHI_DIR/secret; expect: refused");

static int setup(void)
{
	return link(SECRET, own("alias")) < 0 ? broken("link") : 0;
}

static int attack(void)
{
	return loot_path(own("alias"));
}
