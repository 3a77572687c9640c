// SPDX-License-Identifier: GPL-3.0-or-later
/* Opens a globbed tree on FAT by its short name. Not stopped yet. */
#include "cache.h"

ATTACK("attack: fat_short_name; threat: #2; user: root-as-eve; op: read|list|stat; errno: EPERM; fs: ext4; helper: into-cache $NAME; path: *; check: none; event: may; expect: open");

static int setup(void)
{
	return mount_fat_home();
}

static int attack(void)
{
	int r = await_file(own("helped")) ?: drop_caches();

	return r ?: loot_path(at_join(user_dir(), "EHR-CA~1/secret"));
}
