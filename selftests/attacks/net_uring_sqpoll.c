// SPDX-License-Identifier: GPL-3.0-or-later
/* Sent by a kernel thread that was there before. */
#include "flow-net.h"
#include "uring.h"

static struct ring ring;

static int before(void)
{
	if (before_tcp())
		return -errno;
	return ring_open(&ring, IORING_SETUP_SQPOLL) ? -errno : 0;
}

static int put(void)
{
	struct io_uring_sqe sqe = sqe_read(net_out, flow.text, (unsigned int)flow.len);

	sqe.opcode = IORING_OP_SEND;
	int r = ring_do(&ring, &sqe);
	return r < 0 ? r : 0;
}

FLOW("attack: net_uring_sqpoll; threat: #50; op: send; door: network", .make = make_tcp,
     .before = before, .put = put, .get = get_stream);
