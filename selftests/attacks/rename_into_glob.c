// SPDX-License-Identifier: GPL-3.0-or-later
/* Renames a directory to a name that a glob matches. */
#include "cache.h"

ATTACK("attack: rename_into_glob; threat: #5; user: eve; op: rename|create; errno: EPERM|EXDEV; fs: ext4; path: *rename_into_glob/*; expect: refused");

static int setup(void)
{
	if (mkdir(user_dir(), 0777) < 0 || mkdir(at_join(user_dir(), "a"), 0777) < 0 ||
	    mkdir(at_join(user_dir(), "a/.ehr-cache"), 0777) < 0)
		return broken("mkdir");
	return put_file(at_join(user_dir(), "a/.ehr-cache/x"), "forged", 0666);
}

/* What was no tree becomes one by moving: refused too, or its files would change label. */
static int attack(void)
{
	return rename(at_join(user_dir(), "a/.ehr-cache"), cache()) < 0 ? refused("rename")
									: works("moved in");
}
