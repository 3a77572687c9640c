// SPDX-License-Identifier: GPL-3.0-or-later
/* Renames the root of a globbed tree to a name that no glob matches. */
#include "attack.h"

ATTACK("attack: rename_treeroot; threat: #5; user: eve; op: rename|read; errno: EPERM|EXDEV; fs: ext4; path: *rename_treeroot/*; expect: refused");

static const char *user_dir(void)
{
	return at_join("/srv/home", "%s", program_invocation_short_name);
}

static const char *cache(void)
{
	return at_join(user_dir(), ".ehr-cache");
}

static int setup(void)
{
	if (mkdir(user_dir(), 0777) < 0 || mkdir(cache(), 0777) < 0)
		return broken("mkdir");
	return copy_file(SECRET, at_join(cache(), "secret"), 0666);
}

static int attack(void)
{
	if (rename(cache(), at_join(user_dir(), "other")) < 0)
		return refused("rename");
	return loot_path(at_join(user_dir(), "other/secret"));
}
