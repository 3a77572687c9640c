// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: the same in the polling kernel thread. */
#include "uring.h"

ATTACK("attack: uring_fixed_sqpoll; threat: #42; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static struct ring ring;

static int prepare(void)
{
	return ring_register_secret(&ring, IORING_SETUP_SQPOLL);
}

static int act(void)
{
	return ring_loot_fd(&ring, 0, IOSQE_FIXED_FILE);
}

HELD(prepare, act)
