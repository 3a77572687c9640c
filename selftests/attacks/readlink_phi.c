// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads the target of a link that lies in the tree. */
#include "attack.h"

ATTACK("attack: readlink_phi; threat: #14; user: eve; op: stat; errno: EPERM; fs: ext4; path: $PHI_DIR/link; expect: refused");

static int setup(void)
{
	return symlink("PHI-SECRET:target", phi("link")) < 0 ? broken("symlink") : 0;
}

static int attack(void)
{
	char text[256] = "";

	return readlink(phi("link"), text, sizeof(text) - 1) < 0 ? refused("readlink")
								 : works("%s", text);
}
