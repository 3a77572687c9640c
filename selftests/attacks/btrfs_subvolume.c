// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads in a subvolume that lies inside the tree. */
#include "attack.h"
#include <linux/btrfs.h>

ATTACK("attack: btrfs_subvolume; threat: #33; user: eve; op: read; errno: EPERM; fs: btrfs; path: $PHI_DIR/sub/secret; expect: refused");

/* Makes a subvolume @name in the directory @dir, as any user may. */
static int make_subvolume(const char *dir, const char *name)
{
	struct btrfs_ioctl_vol_args args = { 0 };
	int fd = open(dir, O_RDONLY | O_DIRECTORY);

	snprintf(args.name, sizeof(args.name), "%s", name);
	return fd < 0 || ioctl(fd, BTRFS_IOC_SUBVOL_CREATE, &args) < 0 ? broken("subvolume") : 0;
}

static int setup(void)
{
	return make_subvolume(at_dir("PHI_DIR"), "sub")
		       ?: copy_file(SECRET, phi("sub/secret"), 0666);
}

static int attack(void)
{
	return loot_path(phi("sub/secret"));
}
