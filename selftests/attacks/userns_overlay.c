// SPDX-License-Identifier: GPL-3.0-or-later
/* An overlay over the tree in a user namespace. */
#include "overlay.h"

ATTACK("attack: userns_overlay; threat: #24; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = enter_userns() ?: mount_overlay(at_dir("PHI_DIR"), NULL);

	return r ?: loot_path(own("merged/secret"));
}
