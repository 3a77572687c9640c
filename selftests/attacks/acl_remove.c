// SPDX-License-Identifier: GPL-3.0-or-later
/* Removes the ACL (a hook of its own from 6.2). */
#include "acl.h"

ATTACK("attack: acl_remove; threat: #14; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return set_acl() < 0 ? broken("setxattr") : 0;
}

static int attack(void)
{
	return removexattr(SECRET, ACL_NAME) < 0 ? refused("removexattr") : works("ACL removed");
}
