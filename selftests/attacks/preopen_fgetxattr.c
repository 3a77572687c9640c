// SPDX-License-Identifier: GPL-3.0-or-later
/* flistxattr(2) on a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_fgetxattr; threat: #34; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

static int held = -1;

static int prepare(void)
{
	held = open(SECRET, O_RDONLY);
	return held < 0 ? broken("open") : 0;
}

static int act(void)
{
	char text[256];

	return flistxattr(held, text, sizeof(text)) < 0 ? refused("flistxattr") : works("listed");
}

HELD(prepare, act)
