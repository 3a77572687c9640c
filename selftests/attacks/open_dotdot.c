// SPDX-License-Identifier: GPL-3.0-or-later
/* With .. in the path, from a directory outside. */
#include "attack.h"

ATTACK("attack: open_dotdot; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	if (chdir(at_dir("OWN_DIR")) < 0)
		return broken("chdir");
	return loot_path("../../phi/../phi/records/./open_dotdot/secret");
}
