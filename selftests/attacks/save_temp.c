// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads the new file by the name it had before it was renamed over. */
#include "attack.h"

ATTACK("attack: save_temp; threat: #5; user: eve; op: read; errno: EPERM; fs: ext4; helper: new $PHI_DIR/secret $PHI_DIR/.secret.tmp; path: $PHI_DIR/.secret.tmp; check: none; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = await_file(own("helped"));

	return r ?: loot_path(phi(".secret.tmp"));
}
