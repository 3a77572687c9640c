// SPDX-License-Identifier: GPL-3.0-or-later
/* A pipe of eve's, written to by a worker of io_uring. */
#include "flow-ways.h"
#include "flow-uring.h"

static int put(void)
{
	return ring_put_text(flow.fd[0], IORING_OP_WRITE, IOSQE_ASYNC);
}

FLOW("attack: flow_pipe_uring; threat: #49; op: read; door: ipc", .make = make_pipe,
     .before = before_ring, .put = put, .get = get_way);
