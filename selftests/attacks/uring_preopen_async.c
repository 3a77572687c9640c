// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: the same in a worker thread. */
#include "uring.h"

ATTACK("attack: uring_preopen_async; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET_AND_RING(O_RDONLY)

static int act(void)
{
	return ring_loot_fd(&ring, held, IOSQE_ASYNC);
}

HELD(prepare, act)
