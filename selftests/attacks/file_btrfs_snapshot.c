// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy, read in a snapshot that was made of where it lies. */
#include "flow.h"
#include "subvolume.h"

static int make(void)
{
	return make_subvolume(at_dir("OWN_DIR"), "sub");
}

static int put(void)
{
	return flow_write_path(own("sub/copy"), O_CREAT);
}

static int get(void)
{
	return loot_snapshot(open(own("sub"), O_RDONLY | O_DIRECTORY), "copy");
}

FLOW("attack: file_btrfs_snapshot; threat: #33; op: read; fs: btrfs", .make = make, .put = put,
     .get = get);
