// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads /proc/PID/mem of the approved program. */
#include "memory.h"

ATTACK("attack: proc_mem; threat: #43; user: root-as-eve; op: read; errno: EPERM|EACCES; fs: ext4; helper: serve $PHI_DIR/secret $OWN_DIR/helper; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	return loot_proc_mem();
}
