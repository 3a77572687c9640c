// SPDX-License-Identifier: GPL-3.0-or-later
/* Deletes a directory of the tree. */
#include "attack.h"

ATTACK("attack: rmdir_phi; threat: #17; user: eve; op: delete; errno: EPERM; fs: ext4; path: $PHI_DIR/empty; expect: refused");

static int setup(void)
{
	return mkdir(phi("empty"), 0777) < 0 ? broken("mkdir") : 0;
}

static int attack(void)
{
	return rmdir(phi("empty")) < 0 ? refused("rmdir") : works("deleted");
}
