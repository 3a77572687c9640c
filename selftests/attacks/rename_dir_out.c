// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves a directory of the tree out. */
#include "attack.h"

ATTACK("attack: rename_dir_out; threat: #5; user: eve; op: rename; errno: EXDEV; fs: ext4; path: $PHI_DIR/dir; expect: refused");

static int setup(void)
{
	return mkdir(phi("dir"), 0777) < 0 || link(SECRET, phi("dir/secret")) < 0 ? broken("mkdir")
										  : 0;
}

static int attack(void)
{
	return rename(phi("dir"), own("dir")) < 0 ? refused("rename")
						  : loot_path(own("dir/secret"));
}
