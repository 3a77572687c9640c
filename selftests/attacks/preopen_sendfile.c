// SPDX-License-Identifier: GPL-3.0-or-later
/* sendfile(2) from a descriptor from before the start to a socket. */
#include "attack.h"

ATTACK("attack: preopen_sendfile; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return broken("socketpair");
	return sendfile(pair[1], held, NULL, 4096) < 0 ? refused("sendfile") : loot_fd(pair[0]);
}

HELD(prepare, act)
