// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads the file's bytes out of the metadata, by a descriptor of any other directory. */
#include "attack.h"
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>

ATTACK("attack: btrfs_tree_search; threat: #29; user: root-as-eve; op: *; errno: EPERM; fs: btrfs; path: *; expect: refused");

static int setup(void)
{
	int fd = open(SECRET, O_RDONLY);

	return fsync(fd) < 0 || syscall(SYS_syncfs, fd) < 0 ? broken("sync") : 0;
}

static int attack(void)
{
	static struct {
		struct btrfs_ioctl_search_args_v2 args;
		char buf[1 << 20];
	} ask;
	int fd = open(at_dir("OWN_DIR"), O_RDONLY | O_DIRECTORY);

	ask.args.key = (struct btrfs_ioctl_search_key){
		.tree_id = 5,
		.min_type = BTRFS_EXTENT_DATA_KEY,
		.max_type = BTRFS_EXTENT_DATA_KEY,
		.min_objectid = 256,
		.max_objectid = -1ULL,
		.max_offset = -1ULL,
		.max_transid = -1ULL,
		.nr_items = 100000,
	};
	ask.args.buf_size = sizeof(ask.buf);
	if (ioctl(fd, BTRFS_IOC_TREE_SEARCH_V2, &ask) < 0)
		return refused("BTRFS_IOC_TREE_SEARCH_V2");
	return loot(memmem(ask.buf, sizeof(ask.buf), "PHI-SECRET:btrfs_tree_search", 28), 64);
}
