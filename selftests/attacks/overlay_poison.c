// SPDX-License-Identifier: GPL-3.0-or-later
/* Through an overlay first, then by the real name. */
#include "overlay.h"

ATTACK("attack: overlay_poison; threat: #24; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = enter_mountns() ?: mount_overlay(at_dir("PHI_DIR"), NULL), first;

	if (r)
		return r;
	first = loot_path(own("merged/secret"));
	for (int i = 0; i < 3; i++) {
		int again = loot_path(SECRET);

		if (again != AT_REFUSED)
			return again;
	}
	return first;
}
