// SPDX-License-Identifier: GPL-3.0-or-later
/* The same in the clinician's own session. */
#include "memory.h"

ATTACK("attack: pidfd_getfd_own; threat: #39; user: nina; op: read; errno: EPERM; fs: ext4; helper: serve $PHI_DIR/secret $OWN_DIR/helper; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	return loot_pidfd();
}
