// SPDX-License-Identifier: GPL-3.0-or-later
/* Empties the file by O_TRUNC, even on a read-only open. */
#include "attack.h"

ATTACK("attack: open_trunc; threat: #17; user: eve; op: write|read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = open(SECRET, O_RDONLY | O_TRUNC);
	struct stat st;

	if (fd < 0)
		return refused("open");
	return fstat(fd, &st) == 0 && st.st_size == 0 ? works("emptied") : broken("not emptied");
}
