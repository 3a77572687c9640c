// SPDX-License-Identifier: GPL-3.0-or-later
/* Written by a worker of io_uring. */
#include "flow-ways.h"
#include "flow-uring.h"

static int put(void)
{
	int fd = open(own("copy"), O_WRONLY | O_CREAT, 0666);

	return ring_put_text(fd, IORING_OP_WRITE, IOSQE_ASYNC);
}

FLOW("attack: file_uring; threat: #49; op: read; path: $OWN_DIR/copy", .before = before_ring,
     .put = put, .get = get_copy);
