// SPDX-License-Identifier: GPL-3.0-or-later
/* Clones a file system that is mounted inside the tree; the clone is mounted nowhere. */
#include "inside.h"

ATTACK("attack: mount_inside_clone; threat: #21; user: eve; op: read; errno: EPERM; fs: ext4; path: $PHI_DIR/mnt/secret; setup-user: root; expect: refused");

static int setup(void)
{
	return mount_inside_tree();
}

static int attack(void)
{
	int r = enter_userns(), tree, fd;

	if (r)
		return r;
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, phi("mnt"),
			    1 /* OPEN_TREE_CLONE */ | O_CLOEXEC);
	if (tree < 0)
		return refused("open_tree");
	fd = openat(tree, "secret", O_RDONLY);
	return fd < 0 ? refused("openat") : loot_fd(fd);
}
