// SPDX-License-Identifier: GPL-3.0-or-later
/* flistxattr(2) on a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_fgetxattr; threat: #34; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	char text[256];

	return flistxattr(held, text, sizeof(text)) < 0 ? refused("flistxattr") : works("listed");
}

HELD(prepare, act)
