// SPDX-License-Identifier: GPL-3.0-or-later
/* Forges the times of the file. */
#include "attack.h"

ATTACK("attack: utimes_phi; threat: #17; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	struct timespec then[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	return utimensat(AT_FDCWD, SECRET, then, 0) < 0 ? refused("utimensat")
							: works("times changed");
}
