// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: statx of guessed names in a worker thread. */
#include "probe.h"
#include "uring.h"

ATTACK("attack: probe_uring; threat: #48; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records; settings: hide-names; expect: refused");

NO_SETUP

static struct ring ring;

static int try(const char *path)
{
	static struct statx st;
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_STATX,
		.flags = IOSQE_ASYNC,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)path,
		.addr2 = (uintptr_t)&st,
		.len = STATX_SIZE,
	};
	int r = ring_do(&ring, &sqe);

	return r < 0 ? (errno = -r, -1) : 0;
}

static int attack(void)
{
	return ring_open(&ring, 0) ?: probe("io_uring statx", try);
}
