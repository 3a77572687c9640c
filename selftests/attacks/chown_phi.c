// SPDX-License-Identifier: GPL-3.0-or-later
/* chown(2) of the file, by root that eve became. */
#include "attack.h"

ATTACK("attack: chown_phi; threat: #17; user: root-as-eve; op: write; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return chown(SECRET, 0, 0) < 0 ? refused("chown") : works("owner changed");
}
