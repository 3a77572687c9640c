// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads the image file that the labelled file system lies in. Not stopped yet: the agent
 * does not know that it is a disk. */
#include "attack.h"

ATTACK("attack: btrfs_image; threat: #29; user: root-as-eve; op: read; errno: EPERM; fs: btrfs; path: *; event: may; expect: open");

NO_SETUP

static int attack(void)
{
	int fd = open("/srv/btr.img", O_RDONLY);
	off_t size = lseek(fd, 0, SEEK_END);
	const char *image, *at;

	if (fd < 0)
		return refused("open");
	image = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
	if (image == MAP_FAILED)
		return refused("mmap");
	at = memmem(image, (size_t)size, "PHI-SECRET:btrfs_image:", 23);
	return loot(at, at ? 80 : 0);
}
