// SPDX-License-Identifier: GPL-3.0-or-later
/* truncate(2). */
#include "attack.h"

ATTACK("attack: truncate_path; threat: #17; user: eve; op: write; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return truncate(SECRET, 0) < 0 ? refused("truncate") : works("truncated");
}
