// SPDX-License-Identifier: GPL-3.0-or-later
/* preadv2(2) on a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_pread; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	char buf[4096];
	struct iovec to = { buf, sizeof(buf) };
	ssize_t len = preadv2(held, &to, 1, 0, 0);

	return len < 0 ? refused("preadv2") : loot(buf, (size_t)len);
}

HELD(prepare, act)
