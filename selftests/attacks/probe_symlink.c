// SPDX-License-Identifier: GPL-3.0-or-later
/* Guessed names behind a symbolic link. */
#include "probe.h"

ATTACK("attack: probe_symlink; threat: #2; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records; settings: hide-names; expect: refused");

NO_SETUP

static int try(const char *path)
{
	return access(path, F_OK);
}

static int attack(void)
{
	if (symlink(at_dir("PHI_DIR"), own("link")) < 0)
		return broken("symlink");
	return probe_in("access", try, own("link"));
}
