// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes a symbolic link in the tree. */
#include "attack.h"

ATTACK("attack: symlink_phi; threat: #17; user: eve; op: create; errno: EPERM; fs: ext4; path: $PHI_DIR/planted; expect: refused");

NO_SETUP

static int attack(void)
{
	return symlink("/etc/passwd", phi("planted")) < 0 ? refused("symlink") : works("made");
}
