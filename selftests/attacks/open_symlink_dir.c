// SPDX-License-Identifier: GPL-3.0-or-later
/* Through a symbolic link to the directory, made after the start. */
#include "attack.h"

ATTACK("attack: open_symlink_dir; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	if (symlink(phi("."), own("dir")) < 0)
		return broken("symlink");
	return loot_path(own("dir/secret"));
}
