// SPDX-License-Identifier: GPL-3.0-or-later
/* Sent by a kernel thread that was there before. */
#include "flow-net.h"
#include "flow-uring.h"

static int before(void)
{
	if (before_tcp())
		return -errno;
	return ring_open(&ring, IORING_SETUP_SQPOLL) ? -errno : 0;
}

static int put(void)
{
	return ring_put_text(net_out, IORING_OP_SEND, 0);
}

FLOW("attack: net_uring_sqpoll; threat: #50; op: send; door: network", .make = make_tcp,
     .before = before, .put = put, .get = get_stream);
