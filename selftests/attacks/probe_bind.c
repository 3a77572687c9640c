// SPDX-License-Identifier: GPL-3.0-or-later
/* Guessed names in a bind mount of the directory. */
#include "probe.h"

ATTACK("attack: probe_bind; threat: #19; user: eve; op: stat; errno: EPERM; fs: ext4; path: *; setup-user: root; settings: hide-names; expect: refused");

static int setup(void)
{
	mkdir(own("bind"), 0777);
	return mount(at_dir("PHI_DIR"), own("bind"), NULL, MS_BIND, NULL) < 0 ? broken("mount") : 0;
}

static int try(const char *path)
{
	return access(path, F_OK);
}

static int attack(void)
{
	return probe_in("access", try, own("bind"));
}
