// SPDX-License-Identifier: GPL-3.0-or-later
/* A hard link from before the start is all that is left of the old version after a save by rename. */
#include "attack.h"

ATTACK("attack: hardlink_orphan; threat: #3; user: eve; op: read; errno: EPERM; fs: ext4; path: $OWN_DIR/alias|$PHI_DIR/secret; helper: resave $PHI_DIR/secret; check: none; expect: refused");

static int setup(void)
{
	return link(SECRET, own("alias")) < 0 ? broken("link") : 0;
}

static int attack(void)
{
	int r = await_file(own("helped"));

	return r ?: loot_path(own("alias"));
}
