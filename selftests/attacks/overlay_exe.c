// SPDX-License-Identifier: GPL-3.0-or-later
/* An overlay puts a changed program at the approved path. */
#include "client.h"

ATTACK("attack: overlay_exe; threat: #98; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

/* An overlay whose lower layer is /opt gives the program the same path and another inode. */
NO_SETUP

static int attack(void)
{
	int r = enter_userns();
	char options[3 * PATH_MAX];

	if (r)
		return r;
	mkdir(own("upper"), 0755);
	mkdir(own("work"), 0755);
	snprintf(options, sizeof(options), "lowerdir=/opt/ehr,upperdir=%s,workdir=%s,userxattr",
		 own("upper"), own("work"));
	if (mount("overlay", "/opt/ehr", "overlay", 0, options) < 0)
		return errno == ENODEV || errno == EINVAL ? not_here("no overlay over this root")
							  : refused("mount");
	int fd = open(CLIENT, O_WRONLY | O_APPEND);
	if (fd < 0 && copy_file(CLIENT, "/opt/ehr/new", 0755))
		return AT_BROKEN;
	return run_client(fd < 0 ? "/opt/ehr/new" : CLIENT, NULL);
}
