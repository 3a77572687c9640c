// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: moves the file out. */
#include "uring.h"

ATTACK("attack: uring_renameat; threat: #6; user: eve; op: rename; errno: EXDEV; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = ring_works("renameat", (struct io_uring_sqe){ .opcode = IORING_OP_RENAMEAT,
							      .fd = AT_FDCWD,
							      .addr = (uintptr_t)SECRET,
							      .len = (__u32)AT_FDCWD,
							      .off = (uintptr_t)own("moved") });

	return r ?: loot_path(own("moved"));
}
