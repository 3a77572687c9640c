// SPDX-License-Identifier: GPL-3.0-or-later
/* FS_IOC_SETFLAGS on a descriptor from before the start. */
#include "attack.h"
#include <linux/fs.h>

ATTACK("attack: preopen_chattr; threat: #34; user: eve; op: write|stat|read; errno: EPERM; fs: ext4; check: none; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	int flags;

	if (ioctl(held, FS_IOC_GETFLAGS, &flags) < 0)
		return refused("FS_IOC_GETFLAGS");
	flags |= FS_NOATIME_FL | FS_NODUMP_FL;
	return ioctl(held, FS_IOC_SETFLAGS, &flags) < 0 ? refused("FS_IOC_SETFLAGS")
							: works("flags changed");
}

HELD(prepare, act)
