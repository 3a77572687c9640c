// SPDX-License-Identifier: GPL-3.0-or-later
/* Binds a file system that is mounted inside the tree to a place outside, in a user namespace. */
#include "inside.h"

ATTACK("attack: mount_inside_bind; threat: #21; user: eve; op: read; errno: EPERM; fs: ext4; path: $OWN_DIR/bind/secret; setup-user: root; expect: refused");

static int setup(void)
{
	return mount_inside_tree();
}

static int attack(void)
{
	int r = enter_userns();

	if (r)
		return r;
	mkdir(own("bind"), 0777);
	if (mount(phi("mnt"), own("bind"), NULL, MS_BIND, NULL) < 0)
		return refused("mount");
	return loot_path(own("bind/secret"));
}
