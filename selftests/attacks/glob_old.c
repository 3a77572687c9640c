// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads in a directory that a glob of the policy matched at the start. */
#include "cache.h"

ATTACK("attack: glob_old; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return make_cache() ?: expect_path(at_join(cache(), "secret"));
}

static int attack(void)
{
	return loot_path(at_join(cache(), "secret"));
}
