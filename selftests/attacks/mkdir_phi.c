// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes a directory in the tree. */
#include "attack.h"

ATTACK("attack: mkdir_phi; threat: #17; user: eve; op: create; errno: EPERM; fs: ext4; path: $PHI_DIR/planted; expect: refused");

NO_SETUP

static int attack(void)
{
	return mkdir(phi("planted"), 0777) < 0 ? refused("mkdir") : works("made");
}
