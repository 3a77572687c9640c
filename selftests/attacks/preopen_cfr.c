// SPDX-License-Identifier: GPL-3.0-or-later
/* copy_file_range(2) from a descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_cfr; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	int out = open(own("copy"), O_RDWR | O_CREAT, 0600);

	if (copy_file_range(held, NULL, out, NULL, 4096, 0) < 0)
		return refused("copy_file_range");
	lseek(out, 0, SEEK_SET);
	return loot_fd(out);
}

HELD(prepare, act)
