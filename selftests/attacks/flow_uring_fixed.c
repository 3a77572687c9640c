// SPDX-License-Identifier: GPL-3.0-or-later
/* A file that a ring holds since before the secret was read. */
#include "flow-ways.h"
#include "flow-uring.h"

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
	return ring_put_text(0, IORING_OP_WRITE, IOSQE_FIXED_FILE);
}

FLOW("attack: flow_uring_fixed; threat: #49; op: read; door: *; path: $OWN_DIR/copy", .make = make,
     .before = before, .put = put, .get = get_copy);
