// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads the ACL (a hook of its own from 6.2). */
#include "acl.h"

ATTACK("attack: acl_get; threat: #14; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return set_acl() < 0 ? broken("setxattr") : 0;
}

static int attack(void)
{
	char text[256];

	return getxattr(SECRET, ACL_NAME, text, sizeof(text)) < 0 ? refused("getxattr")
								  : works("who may read it");
}
