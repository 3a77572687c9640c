// SPDX-License-Identifier: GPL-3.0-or-later
/* A socket of eve's, by a send of io_uring. */
#include "flow-ways.h"
#include "uring.h"

static struct ring ring;

static int before(void)
{
	return ring_open(&ring, 0) ? -errno : 0;
}

static int put(void)
{
	struct io_uring_sqe sqe = sqe_read(flow.fd[0], flow.text, (unsigned int)flow.len);

	sqe.opcode = IORING_OP_SEND;
	sqe.flags = IOSQE_ASYNC;
	int r = ring_do(&ring, &sqe);
	return r < 0 ? r : 0;
}

FLOW("attack: flow_socketpair_uring; threat: #50; op: send|read; door: unix|ipc",
     .make = make_socketpair, .before = before, .put = put, .get = get_way);
