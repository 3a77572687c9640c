// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: sets an extended attribute. */
#include "uring.h"

ATTACK("attack: uring_setxattr; threat: #6; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return ring_works("setxattr", (struct io_uring_sqe){ .opcode = IORING_OP_SETXATTR,
							     .addr = (uintptr_t) "user.note",
							     .len = 6,
							     .off = (uintptr_t) "forged",
							     .addr3 = (uintptr_t)SECRET });
}
