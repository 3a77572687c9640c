// SPDX-License-Identifier: GPL-3.0-or-later
/* A splice of io_uring, from the file into a pipe of eve's. */
#include "flow-ways.h"
#include "flow-uring.h"

static int put(void)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SPLICE,
				    .fd = flow.fd[0],
				    .off = (__u64)-1,
				    .splice_fd_in = flow.secret,
				    .splice_off_in = 0,
				    .len = (unsigned int)flow.len };

	return ring_put(&sqe);
}

FLOW("attack: flow_uring_splice; threat: #49; op: read; door: ipc", .make = make_pipe,
     .before = before_ring, .put = put, .get = get_way);
