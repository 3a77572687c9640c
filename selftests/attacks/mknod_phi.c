// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes a FIFO in the tree. */
#include "attack.h"

ATTACK("attack: mknod_phi; threat: #17; user: eve; op: create; errno: EPERM; fs: ext4; path: $PHI_DIR/planted; expect: refused");

NO_SETUP

static int attack(void)
{
	return mknod(phi("planted"), S_IFIFO | 0666, 0) < 0 ? refused("mknod") : works("made");
}
