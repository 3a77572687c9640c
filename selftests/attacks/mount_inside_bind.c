// SPDX-License-Identifier: GPL-3.0-or-later
/* Binds a file system that is mounted inside the tree to a place outside, in a user namespace. */
#include "attack.h"

ATTACK("attack: mount_inside_bind; threat: #21; user: eve; op: read; errno: EPERM; fs: ext4; path: *; setup-user: root; expect: refused");

static int setup(void)
{
	if (mkdir(phi("mnt"), 0777) < 0 ||
	    mount("tmpfs", phi("mnt"), "tmpfs", 0, "size=1m,mode=777") < 0)
		return broken("mount");
	return copy_file(SECRET, phi("mnt/secret"), 0666);
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
