// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: makes a directory in the tree. */
#include "uring.h"

ATTACK("attack: uring_mkdirat; threat: #6; user: eve; op: create; errno: EPERM; fs: ext4; path: $PHI_DIR/planted; expect: refused");

NO_SETUP

static int attack(void)
{
	return ring_works("mkdirat", (struct io_uring_sqe){ .opcode = IORING_OP_MKDIRAT,
							    .fd = AT_FDCWD,
							    .addr = (uintptr_t)phi("planted"),
							    .len = 0777 });
}
