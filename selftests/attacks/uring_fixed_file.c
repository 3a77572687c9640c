// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: reads a file registered before the start and closed since. */
#include "uring.h"

ATTACK("attack: uring_fixed_file; threat: #42; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static struct ring ring;

static int prepare(void)
{
	return ring_register_secret(&ring, 0);
}

static int act(void)
{
	return ring_loot_fd(&ring, 0, IOSQE_FIXED_FILE);
}

HELD(prepare, act)
