// SPDX-License-Identifier: GPL-3.0-or-later
/* readlink(2) of guessed names. */
#include "probe.h"

ATTACK("attack: probe_readlink; threat: #14; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records; settings: hide-names; expect: refused");

NO_SETUP

static int try(const char *path)
{
	char text[16];

	return (int)readlink(path, text, sizeof(text));
}

static int attack(void)
{
	return probe("readlink", try);
}
