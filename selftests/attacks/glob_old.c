// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads in a directory that a glob of the policy matched at the start. */
#include "attack.h"

ATTACK("attack: glob_old; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

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
	return expect_path(at_join(cache(), "secret"))
		       ?: copy_file(SECRET, at_join(cache(), "secret"), 0666);
}

static int attack(void)
{
	return loot_path(at_join(cache(), "secret"));
}
