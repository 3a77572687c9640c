// SPDX-License-Identifier: GPL-3.0-or-later
/* listxattr(2). */
#include "attack.h"

ATTACK("attack: xattr_list; threat: #14; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return setxattr(SECRET, "user.note", "PHI-SECRET:xattr", 16, 0) < 0 ? broken("setxattr")
									    : 0;
}

static int attack(void)
{
	char text[256] = "";

	return listxattr(SECRET, text, sizeof(text)) < 0 ? refused("listxattr") : works("%s", text);
}
