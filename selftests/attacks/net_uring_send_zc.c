// SPDX-License-Identifier: GPL-3.0-or-later
/* Sent by io_uring, without a copy. */
#include "flow-net.h"
#include "flow-uring.h"

static int before(void)
{
	return before_tcp() ?: before_ring();
}

static int put(void)
{
	int r = ring_put_text(net_out, IORING_OP_SEND_ZC, 0);

	return r == -EINVAL ? -ENOSYS : r;
}

FLOW("attack: net_uring_send_zc; threat: #50; op: send; door: network", .make = make_tcp,
     .before = before, .put = put, .get = get_stream);
