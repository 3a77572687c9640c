// SPDX-License-Identifier: GPL-3.0-or-later
/* O_PATH of guessed names. */
#include "probe.h"

ATTACK("attack: probe_opath; threat: #7; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records; settings: hide-names; expect: refused");

NO_SETUP

static int try(const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	return fd < 0 ? fd : close(fd);
}

static int attack(void)
{
	return probe("open", try);
}
