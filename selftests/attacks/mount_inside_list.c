// SPDX-License-Identifier: GPL-3.0-or-later
/* Lists a file system mounted inside the tree. */
#include "attack.h"

ATTACK("attack: mount_inside_list; threat: #21; user: eve; op: list; errno: EPERM; fs: ext4; path: $PHI_DIR/mnt; setup-user: root; expect: refused");

static int setup(void)
{
	if (mkdir(phi("mnt"), 0777) < 0 ||
	    mount("tmpfs", phi("mnt"), "tmpfs", 0, "size=1m,mode=777") < 0)
		return broken("mount");
	return copy_file(SECRET, phi("mnt/secret"), 0666);
}

static int attack(void)
{
	DIR *dir = opendir(phi("mnt"));

	return dir ? works("listed") : refused("opendir");
}
