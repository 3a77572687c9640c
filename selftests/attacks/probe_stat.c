// SPDX-License-Identifier: GPL-3.0-or-later
/* stat(2) of guessed names: what is not there says so. */
#include "probe.h"

ATTACK("attack: probe_stat; threat: #12; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records; settings: hide-names; expect: refused");

NO_SETUP

static int try(const char *path)
{
	struct stat st;

	return stat(path, &st);
}

static int attack(void)
{
	return probe("stat", try);
}
