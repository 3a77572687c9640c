// SPDX-License-Identifier: GPL-3.0-or-later
/* Renames the file inside the tree. */
#include "attack.h"

ATTACK("attack: rename_within; threat: #5; user: eve; op: rename; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return rename(SECRET, phi("other")) < 0 ? refused("rename") : works("renamed");
}
