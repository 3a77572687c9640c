// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves a mount from inside the tree to a place outside. */
#include "attack.h"

ATTACK("attack: mount_inside_move; threat: #21; user: root-as-eve; op: read; errno: EPERM|EXDEV; fs: ext4; path: *; expect: refused");

static int setup(void)
{
	if (mkdir(phi("mnt"), 0777) < 0 ||
	    mount("tmpfs", phi("mnt"), "tmpfs", 0, "size=1m,mode=777") < 0)
		return broken("mount");
	return copy_file(SECRET, phi("mnt/secret"), 0666);
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
