// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads in a file system that was mounted inside the tree before the start. */
#include "inside.h"

ATTACK("attack: mount_inside; threat: #21; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: $PHI_DIR/mnt/secret; expect: refused");

static int setup(void)
{
	return mount_inside_tree();
}

static int attack(void)
{
	return loot_path(phi("mnt/secret"));
}
