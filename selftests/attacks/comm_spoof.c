// SPDX-License-Identifier: GPL-3.0-or-later
/* Calls itself ehr-client. */
#include "attack.h"

ATTACK("attack: comm_spoof; threat: #95; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	prctl(PR_SET_NAME, "ehr-client");
	return loot_path(SECRET);
}
