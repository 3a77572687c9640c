// SPDX-License-Identifier: GPL-3.0-or-later
/* Deletes the file. */
#include "attack.h"

ATTACK("attack: unlink_phi; threat: #17; user: eve; op: delete; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return unlink(SECRET) < 0 ? refused("unlink") : works("deleted");
}
