// SPDX-License-Identifier: GPL-3.0-or-later
/* Plants a file in the tree. */
#include "attack.h"

ATTACK("attack: create_phi; threat: #17; user: eve; op: create; errno: EPERM; fs: ext4; path: $PHI_DIR/planted; expect: refused");

NO_SETUP

static int attack(void)
{
	return open(phi("planted"), O_WRONLY | O_CREAT | O_EXCL, 0666) < 0 ? refused("open")
									   : works("planted");
}
