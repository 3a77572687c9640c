// SPDX-License-Identifier: GPL-3.0-or-later
/* Writes an ACL (a hook of its own from 6.2). */
#include "attack.h"

ATTACK("attack: acl_set; threat: #14; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

/* The ACL of mode 0666 with eve named in it, as the kernel takes it. */
static const struct {
	uint32_t version;
	struct {
		uint16_t tag, perm;
		uint32_t id;
	} entry[5];
} acl = { 2, { { 1, 6, -1 }, { 2, 6, 1002 }, { 4, 6, -1 }, { 16, 6, -1 }, { 32, 6, -1 } } };

NO_SETUP

static int attack(void)
{
	return setxattr(SECRET, "system.posix_acl_access", &acl, sizeof(acl), 0) < 0
		       ? refused("setxattr")
		       : works("ACL set");
}
