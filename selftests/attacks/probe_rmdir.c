// SPDX-License-Identifier: GPL-3.0-or-later
/* rmdir(2) of guessed names: what is not there says so. */
#include "probe.h"

ATTACK("attack: probe_rmdir; threat: #11; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records; settings: hide-names; expect: refused");

NO_SETUP

static int try(const char *path)
{
	return rmdir(path);
}

static int attack(void)
{
	return probe("rmdir", try);
}
