// SPDX-License-Identifier: GPL-3.0-or-later
/* 1,500 directories deep, still within a path's length. */
#include "deep.h"

ATTACK("attack: deep_1500; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return plant("d", 1500) ?: expect_path("*");
}

static int attack(void)
{
	return loot_deep("d", 1500);
}
