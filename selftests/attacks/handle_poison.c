// SPDX-License-Identifier: GPL-3.0-or-later
/* By a cold handle first, then by the real name. */
#include "handle.h"

ATTACK("attack: handle_poison; threat: #10; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return keep_handle();
}

static int attack(void)
{
	int first;

	if (drop_caches())
		return AT_BROKEN;
	first = by_handle();
	for (int i = 0; i < 3; i++) {
		int again = loot_path(SECRET);

		if (again != AT_REFUSED)
			return again;
	}
	return first;
}
