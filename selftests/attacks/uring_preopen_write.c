// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: writes to a descriptor from before the start, from a registered buffer. */
#include "uring.h"

ATTACK("attack: uring_preopen_write; threat: #34; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET_AND_RING(O_RDWR)

static int act(void)
{
	static char text[4096] = "forged";
	struct iovec iov = { text, sizeof(text) };

	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_BUFFERS, &iov, 1) < 0)
		return broken("register");
	int r = ring_do(&ring, &(struct io_uring_sqe){ .opcode = IORING_OP_WRITE_FIXED,
						       .fd = held,
						       .addr = (uintptr_t)text,
						       .len = 6 });
	return r < 0 ? refused_as("io_uring write", -r) : works("overwritten");
}

HELD(prepare, act)
