// SPDX-License-Identifier: GPL-3.0-or-later
/* A pipe of eve's, written to by a kernel thread that was there before. */
#include "flow-ways.h"
#include "flow-uring.h"

static int before(void)
{
	return ring_open(&ring, IORING_SETUP_SQPOLL) ? -errno : 0;
}

static int put(void)
{
	struct io_uring_sqe sqe = sqe_read(flow.fd[0], flow.text, (unsigned int)flow.len);

	sqe.opcode = IORING_OP_WRITE;
	int r = ring_do(&ring, &sqe);
	return r < 0 ? r : 0;
}

FLOW("attack: flow_pipe_sqpoll; threat: #49; op: read; door: ipc", .make = make_pipe,
     .before = before, .put = put, .get = get_way);
