// SPDX-License-Identifier: GPL-3.0-or-later
/* A namespace whose root is a bind mount of the tree; the rest of the system is detached. */
#include "attack.h"

ATTACK("attack: pivot_tree; threat: #19; user: eve; op: read; errno: EPERM; fs: ext4; path: *secret; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = enter_userns(), put_old;

	if (r)
		return r;
	if (mount("/srv", "/srv", NULL, MS_BIND | MS_REC, NULL) < 0 || chdir("/srv") < 0)
		return refused("mount");
	put_old = (int)syscall(SYS_pivot_root, ".", ".");
	if (put_old < 0)
		return not_here("no pivot_root from this root");
	umount2(".", MNT_DETACH);
	return loot_path("/phi/records/pivot_tree/secret");
}
