// SPDX-License-Identifier: GPL-3.0-or-later
/* access(2) of guessed names. */
#include "probe.h"

ATTACK("attack: access_probe; threat: #11; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records; settings: hide-names; expect: refused");

NO_SETUP

static int try(const char *path)
{
	return access(path, F_OK);
}

static int attack(void)
{
	return probe("access", try);
}
