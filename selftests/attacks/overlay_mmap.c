// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, by mmap. */
#include "overlay.h"

ATTACK("attack: overlay_mmap; threat: #24; user: root-as-eve; op: read|stat; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = enter_mountns() ?: mount_overlay(at_dir("PHI_DIR"), NULL), fd;

	if (r)
		return r;
	fd = open(own("merged/secret"), O_RDONLY);
	return fd < 0 ? refused("open") : loot_map(fd);
}
