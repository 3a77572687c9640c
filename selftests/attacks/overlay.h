/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks by an overlay. */
#ifndef PHIWARD_OVERLAY_H
#define PHIWARD_OVERLAY_H

#include "attack.h"

/* Mounts @lower as the lower layer at OWN_DIR/merged; without @upper it is read-only. */
AT_UNUSED static int mount_overlay(const char *lower, const char *upper)
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

#endif /* PHIWARD_OVERLAY_H */
