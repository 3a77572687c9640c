// SPDX-License-Identifier: GPL-3.0-or-later
/* mkdir(2) of guessed names: what is there says so. */
#include "probe.h"

ATTACK("attack: probe_mkdir; threat: #11; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records; settings: hide-names; expect: refused");

NO_SETUP

static int try(const char *path)
{
	return mkdir(path, 0777) < 0 ? -1 : rmdir(path);
}

static int attack(void)
{
	return probe("mkdir", try);
}
