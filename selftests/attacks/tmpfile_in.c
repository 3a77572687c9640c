// SPDX-License-Identifier: GPL-3.0-or-later
/* O_TMPFILE inside the tree: a file without a name. */
#include "attack.h"

ATTACK("attack: tmpfile_in; threat: #60; user: eve; op: create|write|read; errno: EPERM; fs: ext4; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	return open(at_dir("PHI_DIR"), O_TMPFILE | O_RDWR, 0600) < 0 ? refused("open O_TMPFILE")
								     : works("made");
}
