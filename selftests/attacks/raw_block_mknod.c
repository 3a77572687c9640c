// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes another node for the block device elsewhere and reads that. */
#include "disk.h"

ATTACK("attack: raw_block_mknod; threat: #29; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: */innocent-name; expect: refused");

static int setup(void)
{
	return keep_offset();
}

static int attack(void)
{
	int r = disk_node("/dev/shm/innocent-name");
	int fd = open("/dev/shm/innocent-name", O_RDONLY | O_DIRECT);

	if (r)
		return r;
	if (fd < 0 && errno == EACCES) {
		unlink("/dev/shm/innocent-name");
		disk_node("/run/innocent-name");
		fd = open("/run/innocent-name", O_RDONLY | O_DIRECT);
		unlink("/run/innocent-name");
	}
	if (fd < 0 && errno == EACCES) {
		disk_node("/root/innocent-name");
		fd = open("/root/innocent-name", O_RDONLY | O_DIRECT);
		unlink("/root/innocent-name");
	}
	return fd < 0 ? refused("open") : loot_disk(fd);
}
