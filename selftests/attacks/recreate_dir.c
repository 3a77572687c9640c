// SPDX-License-Identifier: GPL-3.0-or-later
/* The owner deletes the directory and makes it again with a file in it. */
#include "attack.h"

ATTACK("attack: recreate_dir; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; helper: redir $PHI_DIR/dir $PHI_DIR/secret; path: $PHI_DIR/dir/secret; check: none; expect: refused");

static int setup(void)
{
	return mkdir(phi("dir"), 0777) < 0 ? broken("mkdir") : 0;
}

static int attack(void)
{
	int r = await_file(own("helped"));

	return r ?: loot_path(phi("dir/secret"));
}
