// SPDX-License-Identifier: GPL-3.0-or-later
/* The same in a user namespace, by opening for append. */
#include "attack.h"

ATTACK("attack: userns_copyup; threat: #25; user: eve; op: *; errno: EPERM; fs: ext4; path: *; expect: refused");

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
