/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks by subvolumes of btrfs. */
#ifndef PHIWARD_SUBVOLUME_H
#define PHIWARD_SUBVOLUME_H

#include "attack.h"
#include <linux/btrfs.h>

/* Makes a subvolume @name in the directory @dir, as any user may. */
AT_UNUSED static int make_subvolume(const char *dir, const char *name)
{
	struct btrfs_ioctl_vol_args args = { 0 };
	int fd = open(dir, O_RDONLY | O_DIRECTORY);

	snprintf(args.name, sizeof(args.name), "%s", name);
	return fd < 0 || ioctl(fd, BTRFS_IOC_SUBVOL_CREATE, &args) < 0 ? broken("subvolume") : 0;
}

/* A subvolume inside the tree that holds a copy of the secret. */
AT_UNUSED static int labelled_subvolume(void)
{
	return make_subvolume(at_dir("PHI_DIR"), "sub")
		       ?: copy_file(SECRET, phi("sub/secret"), 0666);
}

/* Makes a snapshot of the subvolume that @source is a directory of; takes @secret in it. */
AT_UNUSED static int loot_snapshot(int source, const char *secret)
{
	struct btrfs_ioctl_vol_args_v2 args = { .fd = source, .name = "snapshot" };
	int into = open(at_dir("OWN_DIR"), O_RDONLY | O_DIRECTORY);

	if (source < 0)
		return refused("open");
	if (ioctl(into, BTRFS_IOC_SNAP_CREATE_V2, &args) < 0)
		return refused("BTRFS_IOC_SNAP_CREATE_V2");
	return loot_path(own("snapshot/%s", secret));
}

#endif /* PHIWARD_SUBVOLUME_H */
