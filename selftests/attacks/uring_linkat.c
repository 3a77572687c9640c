// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: links the file outside. */
#include "uring.h"

ATTACK("attack: uring_linkat; threat: #6; user: eve; op: link; errno: EXDEV; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = ring_works("linkat", (struct io_uring_sqe){ .opcode = IORING_OP_LINKAT,
							    .fd = AT_FDCWD,
							    .addr = (uintptr_t)SECRET,
							    .len = (__u32)AT_FDCWD,
							    .off = (uintptr_t)own("alias") });

	return r ?: loot_path(own("alias"));
}
