// SPDX-License-Identifier: GPL-3.0-or-later
/* Through a bind mount. */
#include "attack.h"

ATTACK("attack: bind_mount; threat: #19; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: $OWN_DIR/mnt/secret; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = enter_mountns();

	mkdir(own("mnt"), 0777);
	if (r)
		return r;
	if (mount(at_dir("PHI_DIR"), own("mnt"), NULL, MS_BIND, NULL) < 0)
		return refused("mount");
	return loot_path(own("mnt/secret"));
}
