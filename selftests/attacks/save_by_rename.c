// SPDX-License-Identifier: GPL-3.0-or-later
/* The owner saves by writing a new file and renaming it over the old. */
#include "attack.h"

ATTACK("attack: save_by_rename; threat: #5; user: eve; op: read; errno: EPERM; fs: ext4; helper: resave $PHI_DIR/secret; check: none; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = await_file(own("helped"));

	return r ?: loot_path(SECRET);
}
