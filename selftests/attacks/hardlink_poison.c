// SPDX-License-Identifier: GPL-3.0-or-later
/* Opens the alias first, so that a wrong answer would be kept, then the real name. */
#include "attack.h"

ATTACK("attack: hardlink_poison; threat: #3; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return link(SECRET, own("alias")) < 0 ? broken("link") : 0;
}

static int attack(void)
{
	int first = loot_path(own("alias")), again;

	for (int i = 0; i < 3; i++) {
		again = loot_path(SECRET);
		if (again != AT_REFUSED)
			return again;
	}
	return first;
}
