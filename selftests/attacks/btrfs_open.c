// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads the file on btrfs, where device numbers lie. */
#include "attack.h"

ATTACK("attack: btrfs_open; threat: #1; user: eve; op: read; errno: EPERM; fs: btrfs; expect: refused");

NO_SETUP

static int attack(void)
{
	return loot_path(SECRET);
}
