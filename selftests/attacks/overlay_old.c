// SPDX-License-Identifier: GPL-3.0-or-later
/* A plain user reads through an overlay that was mounted before the start. */
#include "overlay.h"

ATTACK("attack: overlay_old; threat: #24; user: eve; op: read|stat; errno: EPERM; fs: ext4; setup-user: root; expect: refused");

static int setup(void)
{
	return mount_overlay(at_dir("PHI_DIR"), NULL);
}

static int attack(void)
{
	return loot_path(own("merged/secret"));
}
