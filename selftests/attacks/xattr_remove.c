// SPDX-License-Identifier: GPL-3.0-or-later
/* removexattr(2). */
#include "attack.h"

ATTACK("attack: xattr_remove; threat: #14; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return setxattr(SECRET, "user.note", "kept", 4, 0) < 0 ? broken("setxattr") : 0;
}

static int attack(void)
{
	return removexattr(SECRET, "user.note") < 0 ? refused("removexattr") : works("removed");
}
