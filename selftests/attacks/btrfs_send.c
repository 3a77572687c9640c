// SPDX-License-Identifier: GPL-3.0-or-later
/* Sends a labelled subvolume as a stream, by a directory descriptor from before the start. */
#include "attack.h"
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>

ATTACK("attack: btrfs_send; threat: #33; user: root-as-eve; op: *; errno: EPERM; fs: btrfs; path: $PHI_DIR/ro; expect: refused");

static int source = -1;

static int prepare(void)
{
	struct btrfs_ioctl_vol_args args = { .name = "sub" };
	struct btrfs_ioctl_vol_args_v2 snap = { .flags = BTRFS_SUBVOL_RDONLY, .name = "ro" };
	int dir = open(at_dir("PHI_DIR"), O_RDONLY | O_DIRECTORY);

	if (ioctl(dir, BTRFS_IOC_SUBVOL_CREATE, &args) < 0 ||
	    copy_file(SECRET, phi("sub/secret"), 0666))
		return broken("subvolume");
	snap.fd = open(phi("sub"), O_RDONLY | O_DIRECTORY);
	if (ioctl(dir, BTRFS_IOC_SNAP_CREATE_V2, &snap) < 0)
		return broken("snapshot");
	source = open(phi("ro"), O_RDONLY | O_DIRECTORY);
	return source < 0 ? broken("open") : 0;
}

static int act(void)
{
	int out[2];
	char buf[65536];

	if (pipe(out) < 0)
		return broken("pipe");
	struct btrfs_ioctl_send_args args = { .send_fd = out[1] };
	if (ioctl(source, BTRFS_IOC_SEND, &args) < 0)
		return refused("BTRFS_IOC_SEND");
	ssize_t len = read(out[0], buf, sizeof(buf));
	return loot(buf, len < 0 ? 0 : (size_t)len);
}

HELD(prepare, act)
