// SPDX-License-Identifier: GPL-3.0-or-later
/* Written by a worker of io_uring. */
#include "flow-ways.h"
#include "uring.h"

static struct ring ring;

static int before(void)
{
	return ring_open(&ring, 0) ? -errno : 0;
}

static int put(void)
{
	int fd = open(own("copy"), O_WRONLY | O_CREAT, 0666);
	struct io_uring_sqe sqe = sqe_read(fd, flow.text, (unsigned int)flow.len);

	sqe.opcode = IORING_OP_WRITE;
	sqe.flags = IOSQE_ASYNC;
	int r = ring_do(&ring, &sqe);
	return r < 0 ? r : 0;
}

static int get(void)
{
	return flow_take_path(own("copy"));
}

FLOW("attack: file_uring; threat: #49; op: read; path: $OWN_DIR/copy", .before = before, .put = put,
     .get = get);
