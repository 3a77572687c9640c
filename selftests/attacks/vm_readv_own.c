// SPDX-License-Identifier: GPL-3.0-or-later
/* process_vm_readv(2) in the clinician's own session. */
#include "memory.h"

ATTACK("attack: vm_readv_own; threat: #43; user: nina; op: read; errno: EPERM; fs: ext4; helper: serve $PHI_DIR/secret $OWN_DIR/helper; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	return loot_vm_readv();
}
