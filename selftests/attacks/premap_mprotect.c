// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes a mapping from before the start readable: file_mprotect could see it, the report is enough. */
#include "attack.h"

ATTACK("attack: premap_mprotect; threat: #36; user: eve; op: *; errno: *; fs: ext4; expect: reported");

static char *map;

static int prepare(void)
{
	int fd = open(SECRET, O_RDWR);

	map = mmap(NULL, 4096, PROT_NONE, MAP_SHARED, fd, 0);
	close(fd);
	return map == MAP_FAILED ? broken("mmap") : 0;
}

static int act(void)
{
	return mprotect(map, 4096, PROT_READ) < 0 ? refused("mprotect")
						  : loot(map, strnlen(map, 4096));
}

HELD(prepare, act)
