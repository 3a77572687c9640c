// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: deletes the file. */
#include "uring.h"

ATTACK("attack: uring_unlinkat; threat: #6; user: eve; op: delete; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return ring_works("unlinkat", (struct io_uring_sqe){ .opcode = IORING_OP_UNLINKAT,
							     .fd = AT_FDCWD,
							     .addr = (uintptr_t)SECRET });
}
