// SPDX-License-Identifier: GPL-3.0-or-later
/* open_tree(OPEN_TREE_CLONE): a mount that is mounted nowhere. */
#include "attack.h"

ATTACK("attack: open_tree_clone; threat: #20; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = enter_userns(), tree, fd;

	if (r)
		return r;
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, at_dir("PHI_DIR"),
			    1 /* OPEN_TREE_CLONE */ | O_CLOEXEC);
	if (tree < 0)
		return refused("open_tree");
	fd = openat(tree, "secret", O_RDONLY);
	return fd < 0 ? refused("openat") : loot_fd(fd);
}
