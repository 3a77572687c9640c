// SPDX-License-Identifier: GPL-3.0-or-later
/* Registers a labelled file as an interpreter that the kernel holds open (binfmt_misc). */
#include "attack.h"

ATTACK("attack: binfmt_phi; threat: #18; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return chmod(SECRET, 0777) < 0 ? broken("chmod") : 0;
}

static int attack(void)
{
	char line[PATH_MAX + 64];
	int r = enter_mountns(), len, fd;

	if (r)
		return r;
	mkdir(own("binfmt"), 0755);
	if (mount("binfmt_misc", own("binfmt"), "binfmt_misc", 0, NULL) < 0)
		return errno == ENODEV ? not_here("no binfmt_misc") : broken("mount");
	len = snprintf(line, sizeof(line), ":binfmt_phi:M::PHIWARD::%s:F", SECRET);
	fd = open(own("binfmt/register"), O_WRONLY);
	if (write(fd, line, (size_t)len) != len)
		return refused("register");
	fd = open(own("binfmt/binfmt_phi"), O_WRONLY);
	return write(fd, "-1", 2) == 2 ? works("the kernel holds it open") : broken("unregister");
}
