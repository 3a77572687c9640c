// SPDX-License-Identifier: GPL-3.0-or-later
/* Renames the root of a globbed tree to a name that no glob matches. */
#include "cache.h"

ATTACK("attack: rename_treeroot; threat: #5; user: eve; op: rename|read; errno: EPERM|EXDEV; fs: ext4; path: *rename_treeroot/*; expect: refused");

static int setup(void)
{
	return make_cache();
}

static int attack(void)
{
	if (rename(cache(), at_join(user_dir(), "other")) < 0)
		return refused("rename");
	return loot_path(at_join(user_dir(), "other/secret"));
}
