// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: the same in a worker thread. */
#include "uring.h"

ATTACK("attack: uring_preopen_async; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int held = -1;
static struct ring ring;

static int prepare(void)
{
	held = open(SECRET, O_RDONLY);
	return held < 0 ? broken("open") : ring_open(&ring, 0);
}

static int act(void)
{
	char buf[4096];
	struct io_uring_sqe sqe = sqe_read(held, buf, sizeof(buf));

	sqe.flags = IOSQE_ASYNC;
	int len = ring_do(&ring, &sqe);
	return len < 0 ? refused_as("io_uring read", -len) : loot(buf, (size_t)len);
}

HELD(prepare, act)
