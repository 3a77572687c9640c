// SPDX-License-Identifier: GPL-3.0-or-later
/* Exchanges a directory of the tree with one outside. */
#include "attack.h"

ATTACK("attack: rename_exchange_dir; threat: #5; user: eve; op: rename; errno: EXDEV; fs: ext4; path: $OWN_DIR/dir|$PHI_DIR/dir; expect: refused");

static int setup(void)
{
	if (mkdir(phi("dir"), 0777) < 0 || mkdir(own("dir"), 0777) < 0)
		return broken("mkdir");
	return copy_file(SECRET, phi("dir/secret"), 0666);
}

static int attack(void)
{
	if (renameat2(AT_FDCWD, own("dir"), AT_FDCWD, phi("dir"), RENAME_EXCHANGE) < 0)
		return refused("renameat2");
	return loot_path(own("dir/secret"));
}
