// SPDX-License-Identifier: GPL-3.0-or-later
/* The same by a directory descriptor from before the start. */
#include "subvolume.h"

ATTACK("attack: btrfs_snapshot_preopen; threat: #33; user: eve; op: *; errno: EPERM|EXDEV; fs: btrfs; path: *; expect: refused");

static int source = -1;

static int prepare(void)
{
	int r = labelled_subvolume();

	source = open(phi("sub"), O_RDONLY | O_DIRECTORY);
	return r;
}

static int act(void)
{
	return loot_snapshot(source, "secret");
}

HELD(prepare, act)
