// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads memory mapped before the start: no hook can stop it, the agent tells. */
#include "attack.h"

ATTACK("attack: premap_read; threat: #36; user: eve; op: *; errno: *; fs: ext4; expect: reported");

static const char *map;

static int prepare(void)
{
	int fd = open(SECRET, O_RDONLY);

	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	return map == MAP_FAILED ? broken("mmap") : 0;
}

static int act(void)
{
	return loot(map, strnlen(map, 4096));
}

HELD(prepare, act)
