// SPDX-License-Identifier: GPL-3.0-or-later
/* Guessed names by a directory descriptor from before the start. */
#include "probe.h"

ATTACK("attack: probe_dirfd; threat: #34; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records/probe_dirfd; settings: hide-names; expect: refused");

static int dir = -1;

static int prepare(void)
{
	dir = open(at_dir("PHI_DIR"), O_PATH | O_DIRECTORY);
	return dir < 0 ? broken("open") : 0;
}

static int try(const char *name)
{
	return faccessat(dir, name, F_OK, 0);
}

static int act(void)
{
	return probe_in("faccessat", try, "");
}

HELD(prepare, act)
