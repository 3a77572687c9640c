// SPDX-License-Identifier: GPL-3.0-or-later
/* A loop device on the file. */
#include "loop.h"

ATTACK("attack: loop_file; threat: #22; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return truncate(SECRET, 4096) < 0 ? broken("truncate") : 0;
}

static int attack(void)
{
	int fd = open(SECRET, O_RDONLY);

	return fd < 0 ? refused("open") : loot_by_loop(fd, loot_fd);
}
