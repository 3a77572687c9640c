// SPDX-License-Identifier: GPL-3.0-or-later
/* Through a symbolic link that lies outside the tree. */
#include "attack.h"

ATTACK("attack: open_symlink; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return symlink(SECRET, own("link")) < 0 ? broken("symlink") : 0;
}

static int attack(void)
{
	return loot_path(own("link"));
}
