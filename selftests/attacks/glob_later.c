// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads in a directory that came to match a glob after the start. */
#include "cache.h"

ATTACK("attack: glob_later; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; helper: into-cache $NAME; path: /srv/home/glob_later/.ehr-cache/secret; check: none; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = await_file(own("helped"));

	return r ?: loot_path(at_join(cache(), "secret"));
}
