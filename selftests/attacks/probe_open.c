// SPDX-License-Identifier: GPL-3.0-or-later
/* open(2) of guessed names: what is not there says so. */
#include "probe.h"

ATTACK("attack: probe_open; threat: #12; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records; settings: hide-names; expect: refused");

NO_SETUP

static int try(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? fd : close(fd);
}

static int attack(void)
{
	return probe("open", try);
}
