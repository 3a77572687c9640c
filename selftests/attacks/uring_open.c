// SPDX-License-Identifier: GPL-3.0-or-later
/* io_uring: open and read at once. */
#include "uring.h"

ATTACK("attack: uring_open; threat: #48; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	struct ring ring = { 0 };
	int r = ring_open(&ring, 0);

	return r ?: ring_loot(&ring, 0);
}
