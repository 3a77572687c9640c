// SPDX-License-Identifier: GPL-3.0-or-later
/* cp --reflink. */
#include "attack.h"
#include <linux/fs.h>

ATTACK("attack: btrfs_cp_reflink; threat: #37; user: eve; op: read; errno: EPERM; fs: btrfs; expect: refused");

NO_SETUP

static int attack(void)
{
	int in = open(SECRET, O_RDONLY), out = open(own("clone"), O_RDWR | O_CREAT, 0600);

	if (in < 0)
		return refused("open");
	return ioctl(out, FICLONE, in) < 0 ? refused("FICLONE") : loot_fd(out);
}
