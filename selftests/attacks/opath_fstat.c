// SPDX-License-Identifier: GPL-3.0-or-later
/* fstat(2) of an O_PATH descriptor. */
#include "attack.h"

ATTACK("attack: opath_fstat; threat: #8; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	struct stat st;
	int fd = open(SECRET, O_PATH);

	return fd < 0 || fstat(fd, &st) < 0 ? refused("fstat")
					    : works("size %lld", (long long)st.st_size);
}
