// SPDX-License-Identifier: GPL-3.0-or-later
/* Writes 70 directories deep. */
#include "deep.h"

ATTACK("attack: deep_write; threat: #2; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return plant("d", 70);
}

static int attack(void)
{
	int fd = open_deep("d", 70, O_WRONLY);

	return fd < 0 ? refused("openat") : works("%zd bytes", write(fd, "forged", 6));
}
