// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: the same in the polling kernel thread. */
#include "uring.h"

ATTACK("attack: uring_fixed_sqpoll; threat: #42; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int held = -1;
static struct ring ring;

static int prepare(void)
{
	int r = ring_open(&ring, IORING_SETUP_SQPOLL);

	held = open(SECRET, O_RDONLY);
	if (r || held < 0)
		return r ?: broken("open");
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &held, 1) < 0)
		return broken("register");
	close(held);
	return 0;
}

static int act(void)
{
	char buf[4096];
	struct io_uring_sqe sqe = sqe_read(0, buf, sizeof(buf));

	sqe.flags = IOSQE_FIXED_FILE;
	int len = ring_do(&ring, &sqe);
	return len < 0 ? refused_as("io_uring read", -len) : loot(buf, (size_t)len);
}

HELD(prepare, act)
