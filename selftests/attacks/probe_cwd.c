// SPDX-License-Identifier: GPL-3.0-or-later
/* Guessed names in a working directory from before the start. */
#include "probe.h"

ATTACK("attack: probe_cwd; threat: #34; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records/probe_cwd; settings: hide-names; expect: refused");

static int prepare(void)
{
	return chdir(at_dir("PHI_DIR")) < 0 ? broken("chdir") : 0;
}

static int try(const char *name)
{
	return access(name, F_OK);
}

static int act(void)
{
	return probe_in("access", try, "");
}

HELD(prepare, act)
