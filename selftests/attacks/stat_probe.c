// SPDX-License-Identifier: GPL-3.0-or-later
/* stat(2): size and times of a guessed name. */
#include "attack.h"

ATTACK("attack: stat_probe; threat: #12; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	struct stat st;

	return stat(SECRET, &st) < 0 ? refused("stat") : works("size %lld", (long long)st.st_size);
}
