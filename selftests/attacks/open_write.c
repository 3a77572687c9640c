// SPDX-License-Identifier: GPL-3.0-or-later
/* Overwrites the file in place. */
#include "attack.h"

ATTACK("attack: open_write; threat: #17; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = open(SECRET, O_WRONLY);

	if (fd < 0)
		return refused("open");
	return write(fd, "forged", 6) < 0 ? refused("write") : works("overwritten");
}
