// SPDX-License-Identifier: GPL-3.0-or-later
/* Through a bind mount in a user namespace. */
#include "attack.h"

ATTACK("attack: userns_bind; threat: #19; user: eve; op: read; errno: EPERM; fs: ext4; path: $OWN_DIR/mnt/secret; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = enter_userns();

	if (r)
		return r;
	mkdir(own("mnt"), 0777);
	if (mount(at_dir("PHI_DIR"), own("mnt"), NULL, MS_BIND, NULL) < 0)
		return refused("mount");
	return loot_path(own("mnt/secret"));
}
