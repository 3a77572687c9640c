// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves a directory above a globbed tree, so that the glob matches no more. */
#include "attack.h"

ATTACK("attack: rename_ancestor; threat: #5; user: eve; op: rename|read; errno: EPERM|EXDEV; fs: ext4; path: *rename_ancestor*; expect: refused");

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
	if (rename(user_dir(), own("elsewhere")) < 0)
		return refused("rename");
	return loot_path(own("elsewhere/.ehr-cache/secret"));
}
