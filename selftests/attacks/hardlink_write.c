// SPDX-License-Identifier: GPL-3.0-or-later
/* Writes through a hard link made outside before the start. */
#include "attack.h"

ATTACK("attack: hardlink_write; threat: #3; user: eve; op: write; errno: EPERM; fs: ext4; path: $OWN_DIR/alias|$PHI_DIR/secret; expect: refused");

static int setup(void)
{
	return link(SECRET, own("alias")) < 0 ? broken("link") : 0;
}

static int attack(void)
{
	int fd = open(own("alias"), O_WRONLY);

	return fd < 0 ? refused("open") : works("%zd bytes", write(fd, "forged", 6));
}
