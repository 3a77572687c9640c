// SPDX-License-Identifier: GPL-3.0-or-later
/* By a bare name, in a working directory from before the start. */
#include "attack.h"

ATTACK("attack: preopen_cwd; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int prepare(void)
{
	return chdir(at_dir("PHI_DIR")) < 0 ? broken("chdir") : 0;
}

static int act(void)
{
	return loot_path("secret");
}

HELD(prepare, act)
