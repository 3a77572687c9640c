// SPDX-License-Identifier: GPL-3.0-or-later
/* getxattr(2). */
#include "attack.h"

ATTACK("attack: xattr_get; threat: #14; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return setxattr(SECRET, "user.note", "PHI-SECRET:xattr", 16, 0) < 0 ? broken("setxattr")
									    : 0;
}

static int attack(void)
{
	char text[64] = "";

	return getxattr(SECRET, "user.note", text, sizeof(text)) < 0 ? refused("getxattr")
								     : works("%s", text);
}
