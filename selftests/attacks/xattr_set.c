// SPDX-License-Identifier: GPL-3.0-or-later
/* setxattr(2). */
#include "attack.h"

ATTACK("attack: xattr_set; threat: #14; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return setxattr(SECRET, "user.note", "forged", 6, 0) < 0 ? refused("setxattr")
								 : works("set");
}
