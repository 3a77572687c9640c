// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves a directory above a globbed tree, so that the glob matches no more. */
#include "cache.h"

ATTACK("attack: rename_ancestor; threat: #5; user: eve; op: rename|read; errno: EPERM|EXDEV; fs: ext4; path: *rename_ancestor*; expect: refused");

static int setup(void)
{
	return make_cache();
}

static int attack(void)
{
	if (rename(user_dir(), own("elsewhere")) < 0)
		return refused("rename");
	return loot_path(own("elsewhere/.ehr-cache/secret"));
}
