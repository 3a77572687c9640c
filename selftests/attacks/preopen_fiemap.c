// SPDX-License-Identifier: GPL-3.0-or-later
/* Where on the disk the file lies, by a descriptor from before the start (FIEMAP). */
#include "attack.h"
#include <linux/fiemap.h>
#include <linux/fs.h>

ATTACK("attack: preopen_fiemap; threat: #32; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	struct {
		struct fiemap map;
		struct fiemap_extent extent[1];
	} ask = { .map = { .fm_length = 4096, .fm_extent_count = 1 } };

	if (ioctl(held, FS_IOC_FIEMAP, &ask) < 0)
		return refused("FS_IOC_FIEMAP");
	return works("at %llu", (unsigned long long)ask.extent[0].fe_physical);
}

HELD(prepare, act)
