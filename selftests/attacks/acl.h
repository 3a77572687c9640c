/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks on the ACL of the secret. */
#ifndef PHIWARD_ACL_H
#define PHIWARD_ACL_H

#include "attack.h"

#define ACL_NAME "system.posix_acl_access"

/* The ACL of mode 0666 with eve named in it, as the kernel takes it. */
static int set_acl(void)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, perm;
			uint32_t id;
		} entry[5];
	} acl = { 2, { { 1, 6, -1 }, { 2, 6, 1002 }, { 4, 6, -1 }, { 16, 6, -1 }, { 32, 6, -1 } } };

	return setxattr(SECRET, ACL_NAME, &acl, sizeof(acl), 0);
}

#endif /* PHIWARD_ACL_H */
