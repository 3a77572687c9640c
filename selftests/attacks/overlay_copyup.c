// SPDX-License-Identifier: GPL-3.0-or-later
/* Lets an overlay copy the file up into a layer outside the tree. */
#include "overlay.h"

ATTACK("attack: overlay_copyup; threat: #25; user: root-as-eve; op: stat|read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int r;

	mkdir(own("upper"), 0777);
	r = enter_mountns() ?: mount_overlay(at_dir("PHI_DIR"), own("upper"));
	if (r)
		return r;
	/* a change of the mode makes the overlay copy the file up, out of the tree */
	if (chmod(own("merged/secret"), 0640) < 0)
		return refused("copy-up");
	return loot_path(own("upper/secret"));
}
