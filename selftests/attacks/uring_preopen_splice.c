// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: splices a descriptor from before the start. */
#include "uring.h"

ATTACK("attack: uring_preopen_splice; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET_AND_RING(O_RDONLY)

static int act(void)
{
	int out[2], len;

	if (pipe(out) < 0)
		return broken("pipe");
	len = ring_do(&ring, &(struct io_uring_sqe){ .opcode = IORING_OP_SPLICE,
						     .fd = out[1],
						     .off = -1ULL,
						     .splice_fd_in = held,
						     .len = 4096 });
	return len < 0 ? refused_as("io_uring splice", -len) : loot_fd(out[0]);
}

HELD(prepare, act)
