// SPDX-License-Identifier: GPL-3.0-or-later
/* Exchanges the file with one outside. */
#include "attack.h"

ATTACK("attack: rename_exchange; threat: #5; user: eve; op: rename; errno: EXDEV; fs: ext4; path: $OWN_DIR/bait|$PHI_DIR/secret; expect: refused");

static int setup(void)
{
	return put_file(own("bait"), "forged", 0666);
}

static int attack(void)
{
	if (renameat2(AT_FDCWD, own("bait"), AT_FDCWD, SECRET, RENAME_EXCHANGE) < 0)
		return refused("renameat2");
	return loot_path(own("bait"));
}
