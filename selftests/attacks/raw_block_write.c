// SPDX-License-Identifier: GPL-3.0-or-later
/* Writes to the block device, where the file lies. */
#include "disk.h"

ATTACK("attack: raw_block_write; threat: #29; user: root-as-eve; op: write; errno: EPERM; fs: ext4; path: $OWN_DIR/disk; expect: refused");

static int setup(void)
{
	return keep_offset() ?: disk_node(own("disk"));
}

static int attack(void)
{
	int fd = open(own("disk"), O_WRONLY | O_DIRECT);
	char text[32];
	void *block;

	if (fd < 0)
		return errno == EBUSY ? not_here("no writing to mounted devices") : refused("open");
	if (get_file(own("offset"), text, sizeof(text)) < 0 || posix_memalign(&block, 4096, 4096))
		return broken("offset");
	memset(block, 'f', 4096);
	return pwrite(fd, block, 4096, (off_t)at_number(text)) < 0 ? refused("pwrite")
								   : works("overwritten");
}
