// SPDX-License-Identifier: GPL-3.0-or-later
/* statx(2) by directory and name. */
#include "attack.h"

ATTACK("attack: statx_probe; threat: #12; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int dir = open(at_dir("PHI_DIR"), O_PATH | O_DIRECTORY);
	struct statx st;

	return statx(dir, "secret", 0, STATX_ALL, &st) < 0
		       ? refused("statx")
		       : works("size %llu", (unsigned long long)st.stx_size);
}
