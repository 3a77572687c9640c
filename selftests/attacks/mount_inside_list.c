// SPDX-License-Identifier: GPL-3.0-or-later
/* Lists a file system mounted inside the tree. */
#include "inside.h"

ATTACK("attack: mount_inside_list; threat: #21; user: eve; op: list; errno: EPERM; fs: ext4; path: $PHI_DIR/mnt; setup-user: root; expect: refused");

static int setup(void)
{
	return mount_inside_tree();
}

static int attack(void)
{
	DIR *dir = opendir(phi("mnt"));

	return dir ? works("listed") : refused("opendir");
}
