// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes a snapshot of the whole file system: the tree is in it, under another name. */
#include "attack.h"
#include <linux/btrfs.h>

ATTACK("attack: btrfs_snapshot_above; threat: #33; user: root-as-eve; op: *; errno: EPERM|EXDEV; fs: btrfs; path: *; expect: refused");

/* The label is on a directory of a subvolume that itself lies outside the tree's root. */
static int setup(void)
{
	return 0;
}

static int attack(void)
{
	struct btrfs_ioctl_vol_args_v2 args = { .fd = open("/btr", O_RDONLY | O_DIRECTORY) };
	int into = open(at_dir("OWN_DIR"), O_RDONLY | O_DIRECTORY);

	strcpy(args.name, "snapshot");
	if (ioctl(into, BTRFS_IOC_SNAP_CREATE_V2, &args) < 0)
		return refused("BTRFS_IOC_SNAP_CREATE_V2");
	return loot_path(own("snapshot/phi/records/btrfs_snapshot_above/secret"));
}
