// SPDX-License-Identifier: GPL-3.0-or-later
/* Opens a globbed tree on FAT by a name in other letters than the policy has: patterns compare
 * names as they were looked up. Not stopped yet. */
#include "cache.h"

ATTACK("attack: fat_case; threat: #2; user: root-as-eve; op: read|list|stat; errno: EPERM; fs: ext4; path: *; check: none; event: may; expect: open");

static int setup(void)
{
	int r = mount_fat_home();

	if (r)
		return r;
	if (mkdir(cache(), 0777) < 0)
		return broken("mkdir");
	return copy_file(SECRET, at_join(cache(), "secret"), 0777) ?: drop_caches();
}

static int attack(void)
{
	return drop_caches() ?: loot_path(at_join(user_dir(), ".EHR-Cache/secret"));
}
