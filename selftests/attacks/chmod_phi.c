// SPDX-License-Identifier: GPL-3.0-or-later
/* chmod(2) of the file. */
#include "attack.h"

ATTACK("attack: chmod_phi; threat: #17; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return chmod(SECRET, 0400) < 0 ? refused("chmod") : works("mode changed");
}
