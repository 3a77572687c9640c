// SPDX-License-Identifier: GPL-3.0-or-later
/* The same as a plain user. */
#include "inside.h"

ATTACK("attack: mount_inside_user; threat: #21; user: eve; op: read; errno: EPERM; fs: ext4; path: $PHI_DIR/mnt/secret; setup-user: root; expect: refused");

static int setup(void)
{
	return mount_inside_tree();
}

static int attack(void)
{
	return loot_path(phi("mnt/secret"));
}
