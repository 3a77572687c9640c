/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks on a file system that is mounted inside the tree, before the start. */
#ifndef PHIWARD_INSIDE_H
#define PHIWARD_INSIDE_H

#include "attack.h"

/* An empty file system at PHI_DIR/mnt. */
AT_UNUSED static int mount_at_mnt(void)
{
	if (mkdir(phi("mnt"), 0777) < 0 ||
	    mount("tmpfs", phi("mnt"), "tmpfs", 0, "size=1m,mode=777") < 0)
		return broken("mount");
	return 0;
}

/* The same with a copy of the secret in it. */
AT_UNUSED static int mount_inside_tree(void)
{
	return mount_at_mnt() ?: copy_file(SECRET, phi("mnt/secret"), 0666);
}

#endif /* PHIWARD_INSIDE_H */
