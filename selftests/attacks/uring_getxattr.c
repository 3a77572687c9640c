// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: reads an extended attribute. */
#include "uring.h"

ATTACK("attack: uring_getxattr; threat: #6; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return setxattr(SECRET, "user.note", "PHI-SECRET:xattr", 16, 0) < 0 ? broken("setxattr")
									    : 0;
}

static int attack(void)
{
	char text[64];

	return ring_works("getxattr", (struct io_uring_sqe){ .opcode = IORING_OP_GETXATTR,
							     .addr = (uintptr_t) "user.note",
							     .len = sizeof(text),
							     .off = (uintptr_t)text,
							     .addr3 = (uintptr_t)SECRET });
}
