// SPDX-License-Identifier: GPL-3.0-or-later
/* splice(2) from a descriptor from before the start into a pipe. */
#include "attack.h"

ATTACK("attack: preopen_splice; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	int out[2];

	if (pipe(out) < 0)
		return broken("pipe");
	return splice(held, NULL, out[1], NULL, 4096, 0) < 0 ? refused("splice") : loot_fd(out[0]);
}

HELD(prepare, act)
