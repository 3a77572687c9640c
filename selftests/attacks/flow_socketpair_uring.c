// SPDX-License-Identifier: GPL-3.0-or-later
/* A socket of eve's, by a send of io_uring. */
#include "flow-ways.h"
#include "flow-uring.h"

static int put(void)
{
	return ring_put_text(flow.fd[0], IORING_OP_SEND, IOSQE_ASYNC);
}

FLOW("attack: flow_socketpair_uring; threat: #50; op: send|read; door: unix|ipc",
     .make = make_socketpair, .before = before_ring, .put = put, .get = get_way);
