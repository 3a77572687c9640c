// SPDX-License-Identifier: GPL-3.0-or-later
/* chmod(2) of a labelled directory. */
#include "attack.h"

ATTACK("attack: chmod_dir; threat: #17; user: eve; op: write; errno: EPERM; fs: ext4; path: $PHI_DIR; expect: refused");

NO_SETUP

static int attack(void)
{
	return chmod(at_dir("PHI_DIR"), 0755) < 0 ? refused("chmod") : works("mode changed");
}
