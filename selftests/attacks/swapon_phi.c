// SPDX-License-Identifier: GPL-3.0-or-later
/* Swaps to a labelled file. */
#include "attack.h"
#include <sys/swap.h>

ATTACK("attack: swapon_phi; threat: #18; user: root-as-eve; op: read|write; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	int fd = open(SECRET, O_RDWR | O_APPEND);
	char page[4096] = "";
	uint32_t last = 15;

	/* a swap header in the first page; the secret's text gives way to the boot block */
	if (fd < 0 || ftruncate(fd, 0) < 0)
		return broken("open");
	for (int i = 0; i < 16; i++) {
		memset(page, 0, sizeof(page));
		if (i == 0) {
			page[1024] = 1;
			memcpy(page + 1028, &last, 4);
			memcpy(page + 4086, "SWAPSPACE2", 10);
		}
		if (write(fd, page, sizeof(page)) < 0)
			return broken("write");
	}
	return fchmod(fd, 0600) < 0 || fsync(fd) < 0 ? broken("fsync") : 0;
}

static int attack(void)
{
	if (swapon(SECRET, 0) < 0)
		return refused("swapon");
	swapoff(SECRET);
	return works("swapped on");
}
