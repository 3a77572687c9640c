// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads in a file system that was mounted inside the tree before the start. */
#include "attack.h"

ATTACK("attack: mount_inside; threat: #21; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: $PHI_DIR/mnt/secret; expect: refused");

static int setup(void)
{
	if (mkdir(phi("mnt"), 0777) < 0 ||
	    mount("tmpfs", phi("mnt"), "tmpfs", 0, "size=1m,mode=777") < 0)
		return broken("mount");
	return copy_file(SECRET, phi("mnt/secret"), 0666);
}

static int attack(void)
{
	return loot_path(phi("mnt/secret"));
}
