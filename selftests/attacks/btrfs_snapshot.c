// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes a snapshot of a labelled subvolume outside the tree. */
#include "attack.h"
#include <linux/btrfs.h>

ATTACK("attack: btrfs_snapshot; threat: #33; user: eve; op: *; errno: EPERM|EXDEV; fs: btrfs; path: *; expect: refused");

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
	struct btrfs_ioctl_vol_args_v2 args = { .fd = open(phi("sub"), O_RDONLY | O_DIRECTORY) };
	int into = open(at_dir("OWN_DIR"), O_RDONLY | O_DIRECTORY);

	if (args.fd < 0)
		return refused("open");
	strcpy(args.name, "snapshot");
	if (ioctl(into, BTRFS_IOC_SNAP_CREATE_V2, &args) < 0)
		return refused("BTRFS_IOC_SNAP_CREATE_V2");
	return loot_path(own("snapshot/secret"));
}
