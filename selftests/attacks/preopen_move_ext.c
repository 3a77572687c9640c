// SPDX-License-Identifier: GPL-3.0-or-later
/* Blanks the file by swapping its blocks with those of a file outside (EXT4_IOC_MOVE_EXT). */
#include "attack.h"
#include <linux/fs.h>

ATTACK("attack: preopen_move_ext; threat: #34; user: eve; op: *; errno: EPERM; fs: ext4; path: *; expect: refused");

static int held = -1;

static int prepare(void)
{
	held = open(SECRET, O_RDWR);
	return held < 0 || ftruncate(held, 4096) < 0 || fsync(held) < 0 ? broken("open") : 0;
}

static int act(void)
{
	struct {
		__u32 reserved, donor_fd;
		__u64 orig_start, donor_start, len, moved_len;
	} move = { .len = 1 };
	int own_file = open(own("bait"), O_RDWR | O_CREAT, 0600);
	char block[4096] = "forged";

	if (write(own_file, block, sizeof(block)) < 0 || fsync(own_file) < 0)
		return broken("own file");
	/* Our file gives its block for the file's; what the donor gets is blank. */
	move.donor_fd = (__u32)held;
	if (ioctl(own_file, _IOWR('f', 15, typeof(move)), &move) < 0)
		return errno == EOPNOTSUPP ? not_here("no EXT4_IOC_MOVE_EXT")
					   : refused("EXT4_IOC_MOVE_EXT");
	return works("%llu blocks blanked", (unsigned long long)move.moved_len);
}

HELD(prepare, act)
