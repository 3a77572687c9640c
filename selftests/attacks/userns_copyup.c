// SPDX-License-Identifier: GPL-3.0-or-later
/* The same in a user namespace, by opening for append. */
#include "overlay.h"

ATTACK("attack: userns_copyup; threat: #25; user: eve; op: stat|read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int r, fd;

	mkdir(own("upper"), 0777);
	r = enter_userns() ?: mount_overlay(at_dir("PHI_DIR"), own("upper"));
	if (r)
		return r;
	fd = open(own("merged/secret"), O_WRONLY | O_APPEND);
	if (fd < 0)
		return refused("copy-up");
	return loot_path(own("upper/secret"));
}
