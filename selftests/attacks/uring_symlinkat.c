// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: makes a symbolic link in the tree. */
#include "uring.h"

ATTACK("attack: uring_symlinkat; threat: #6; user: eve; op: create; errno: EPERM; fs: ext4; path: $PHI_DIR/planted; expect: refused");

NO_SETUP

static int attack(void)
{
	return ring_works("symlinkat", (struct io_uring_sqe){ .opcode = IORING_OP_SYMLINKAT,
							      .fd = AT_FDCWD,
							      .addr = (uintptr_t) "/etc/passwd",
							      .addr2 = (uintptr_t)phi("planted") });
}
