// SPDX-License-Identifier: GPL-3.0-or-later
/* After chroot() into the tree's parent, in a user namespace. */
#include "attack.h"

ATTACK("attack: userns_chroot; threat: #19; user: eve; op: read; errno: EPERM; fs: ext4; path: *secret; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = enter_userns();

	if (r)
		return r;
	if (chroot("/srv/phi") < 0 || chdir("/") < 0)
		return refused("chroot");
	return loot_path("/records/userns_chroot/secret");
}
