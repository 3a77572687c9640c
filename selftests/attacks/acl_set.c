// SPDX-License-Identifier: GPL-3.0-or-later
/* Writes an ACL (a hook of its own from 6.2). */
#include "acl.h"

ATTACK("attack: acl_set; threat: #14; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return set_acl() < 0 ? refused("setxattr") : works("ACL set");
}
