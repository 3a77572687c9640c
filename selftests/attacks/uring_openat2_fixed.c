// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: openat2 into the table of registered files, which has no descriptor. */
#include "uring.h"
#include <linux/openat2.h>

ATTACK("attack: uring_openat2_fixed; threat: #48; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	struct open_how how = { .flags = O_RDONLY };
	char buf[4096];
	int none[1] = { -1 }, res;
	struct ring ring = { 0 };
	int r = ring_open(&ring, 0);

	if (r)
		return r;
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, none, 1) < 0)
		return broken("register");
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_OPENAT2,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)SECRET,
		.len = sizeof(how),
		.off = (uintptr_t)&how,
		.file_index = 1,
	};
	res = ring_do(&ring, &sqe);
	if (res < 0)
		return refused_as("io_uring openat2", -res);
	sqe = sqe_read(0, buf, sizeof(buf));
	sqe.flags = IOSQE_FIXED_FILE;
	res = ring_do(&ring, &sqe);
	return res < 0 ? refused_as("io_uring read", -res) : loot(buf, (size_t)res);
}
