// SPDX-License-Identifier: GPL-3.0-or-later
/* An overlay with the tree as its lower layer. */
#include "overlay.h"

ATTACK("attack: overlay_lower; threat: #24; user: root-as-eve; op: read|stat; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = enter_mountns() ?: mount_overlay(at_dir("PHI_DIR"), NULL);

	return r ?: loot_path(own("merged/secret"));
}
