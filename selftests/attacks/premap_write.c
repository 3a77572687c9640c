// SPDX-License-Identifier: GPL-3.0-or-later
/* Writes to memory mapped before the start: no hook can stop it, the agent tells. */
#include "attack.h"

ATTACK("attack: premap_write; threat: #36; user: eve; op: *; errno: *; fs: ext4; expect: reported; check: none");

static char *map;

static int prepare(void)
{
	int fd = open(SECRET, O_RDWR);

	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return map == MAP_FAILED ? broken("mmap") : 0;
}

static int act(void)
{
	memcpy(map, "forged", 6);
	return msync(map, 4096, MS_SYNC) < 0 ? refused("msync") : works("overwritten");
}

HELD(prepare, act)
