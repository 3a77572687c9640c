// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: statx. */
#include "uring.h"

ATTACK("attack: uring_statx; threat: #48; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	struct statx st;

	return ring_works("statx", (struct io_uring_sqe){ .opcode = IORING_OP_STATX,
							  .fd = AT_FDCWD,
							  .addr = (uintptr_t)SECRET,
							  .len = STATX_ALL,
							  .off = (uintptr_t)&st });
}
