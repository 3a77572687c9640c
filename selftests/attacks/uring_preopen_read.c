// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: reads a descriptor from before the start, by a ring from before the start. */
#include "uring.h"

ATTACK("attack: uring_preopen_read; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET_AND_RING(O_RDONLY)

static int act(void)
{
	return ring_loot_fd(&ring, held, 0);
}

HELD(prepare, act)
