// SPDX-License-Identifier: GPL-3.0-or-later
/* Takes the approved program's descriptor with pidfd_getfd(2). */
#include "memory.h"

ATTACK("attack: pidfd_getfd; threat: #39; user: root-as-eve; op: read; errno: EPERM; fs: ext4; helper: serve $PHI_DIR/secret $OWN_DIR/helper; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	return loot_pidfd();
}
