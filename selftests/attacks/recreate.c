// SPDX-License-Identifier: GPL-3.0-or-later
/* The owner deletes the file and makes it again. */
#include "attack.h"

ATTACK("attack: recreate; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; helper: recreate $PHI_DIR/secret; check: none; expect: refused");

static int setup(void)
{
	return 0;
}

static int attack(void)
{
	int r = await_file(own("helped"));

	return r ?: loot_path(SECRET);
}
