// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, by mmap. */
#include "attack.h"

ATTACK("attack: overlay_mmap; threat: #24; user: root-as-eve; op: read|stat; errno: EPERM; fs: ext4; path: *; expect: refused");

static int mount_overlay(const char *lower, const char *upper)
{
	char options[3 * PATH_MAX];

	mkdir(own("merged"), 0777);
	if (upper) {
		mkdir(own("work"), 0777);
		snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s,userxattr",
			 lower, upper, own("work"));
	} else {
		mkdir(own("none"), 0777);
		snprintf(options, sizeof(options), "lowerdir=%s:%s", lower, own("none"));
	}
	return mount("overlay", own("merged"), "overlay", 0, options) < 0
		       ? (errno == ENODEV ? not_here("no overlay") : refused("mount"))
		       : 0;
}

NO_SETUP

static int attack(void)
{
	int r = enter_mountns() ?: mount_overlay(at_dir("PHI_DIR"), NULL), fd;

	if (r)
		return r;
	fd = open(own("merged/secret"), O_RDONLY);
	return fd < 0 ? refused("open") : loot_map(fd);
}
