// SPDX-License-Identifier: GPL-3.0-or-later
/* A file that a ring holds since before the secret was read. */
#include "flow.h"
#include "uring.h"

static struct ring ring;

static int make(void)
{
	return put_file(own("copy"), "", 0666);
}

static int before(void)
{
	int fd = open(own("copy"), O_WRONLY);

	if (fd < 0 || ring_open(&ring, 0) ||
	    syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &fd, 1) < 0)
		return -errno;
	close(fd);
	return 0;
}

static int put(void)
{
	struct io_uring_sqe sqe = sqe_read(0, flow.text, (unsigned int)flow.len);

	sqe.opcode = IORING_OP_WRITE;
	sqe.flags = IOSQE_FIXED_FILE;
	int r = ring_do(&ring, &sqe);
	return r < 0 ? r : 0;
}

static int get(void)
{
	return flow_take_path(own("copy"));
}

FLOW("attack: flow_uring_fixed; threat: #49; op: read; door: *; path: $OWN_DIR/copy", .make = make,
     .before = before, .put = put, .get = get);
