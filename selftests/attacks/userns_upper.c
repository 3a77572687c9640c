// SPDX-License-Identifier: GPL-3.0-or-later
/* An overlay whose upper layer is the tree. */
#include "attack.h"

ATTACK("attack: userns_upper; threat: #24; user: eve; op: *; errno: EPERM; fs: ext4; path: *; expect: refused");

static int setup(void)
{
	return mkdir(phi("../userns_upper.work"), 0777) < 0 ? broken("mkdir") : 0;
}

static int attack(void)
{
	int r, fd;

	mkdir(own("lower"), 0777);
	r = enter_userns();
	if (r)
		return r;
	char options[3 * PATH_MAX];
	mkdir(own("merged"), 0777);
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s,userxattr",
		 own("lower"), at_dir("PHI_DIR"), phi("../userns_upper.work"));
	if (mount("overlay", own("merged"), "overlay", 0, options) < 0)
		return refused("mount");
	fd = open(own("merged/secret"), O_RDONLY);
	return fd < 0 ? refused("open") : loot_fd(fd);
}
