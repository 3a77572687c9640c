// SPDX-License-Identifier: GPL-3.0-or-later
/* 200 directories deep. */
#include "deep.h"

ATTACK("attack: deep_200; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return plant("d", 200);
}

static int attack(void)
{
	return loot_deep("d", 200);
}
