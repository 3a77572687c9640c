// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: open and read in a worker thread. */
#include "uring.h"

ATTACK("attack: uring_open_async; threat: #48; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	struct ring ring = { 0 };
	int r = ring_open(&ring, 0);

	return r ?: ring_loot(&ring, IOSQE_ASYNC);
}
