// SPDX-License-Identifier: GPL-3.0-or-later
/* Sent by a worker of io_uring. */
#include "flow-net.h"
#include "flow-uring.h"

static int before(void)
{
	return before_tcp() ?: before_ring();
}

static int put(void)
{
	return ring_put_text(net_out, IORING_OP_SEND, IOSQE_ASYNC);
}

FLOW("attack: net_uring_send; threat: #50; op: send; door: network", .make = make_tcp,
     .before = before, .put = put, .get = get_stream);
