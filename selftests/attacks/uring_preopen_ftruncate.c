// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: truncates a descriptor from before the start (from 6.9). */
#include "uring.h"

ATTACK("attack: uring_preopen_ftruncate; threat: #34; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET_AND_RING(O_RDWR)

static int act(void)
{
	int r = ring_do(&ring, &(struct io_uring_sqe){ .opcode = 55 /* IORING_OP_FTRUNCATE */,
						       .fd = held });

	if (r == -EINVAL)
		return not_here("this kernel's io_uring has no such request");
	return r < 0 ? refused_as("io_uring ftruncate", -r) : works("truncated");
}

HELD(prepare, act)
