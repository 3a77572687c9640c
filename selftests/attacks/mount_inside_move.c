// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves a mount from inside the tree to a place outside. */
#include "inside.h"

ATTACK("attack: mount_inside_move; threat: #21; user: root-as-eve; op: read; errno: EPERM|EXDEV; fs: ext4; path: $OWN_DIR/moved/secret; expect: refused");

static int setup(void)
{
	return mount_inside_tree();
}

static int attack(void)
{
	int r = enter_mountns();

	if (r)
		return r;
	mkdir(own("moved"), 0777);
	if (mount(phi("mnt"), own("moved"), NULL, MS_MOVE, NULL) < 0)
		return refused("mount");
	return loot_path(own("moved/secret"));
}
