// SPDX-License-Identifier: GPL-3.0-or-later
/* openat(2) relative to a directory descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_dir; threat: #13; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int held = -1;

static int prepare(void)
{
	held = open(at_dir("PHI_DIR"), O_RDONLY | O_DIRECTORY);
	return held < 0 ? broken("open") : 0;
}

static int act(void)
{
	int fd = openat(held, "secret", O_RDONLY);

	return fd < 0 ? refused("openat") : loot_fd(fd);
}

HELD(prepare, act)
