// SPDX-License-Identifier: GPL-3.0-or-later
/* fstat(2) on a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_fstat; threat: #34; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	struct stat st;

	return fstat(held, &st) < 0 ? refused("fstat") : works("size %lld", (long long)st.st_size);
}

HELD(prepare, act)
