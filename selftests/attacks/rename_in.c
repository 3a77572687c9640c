// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves a file from outside into the tree. */
#include "attack.h"

ATTACK("attack: rename_in; threat: #5; user: eve; op: rename|create; errno: EXDEV; fs: ext4; path: $OWN_DIR/bait|$PHI_DIR/planted; expect: refused");

static int setup(void)
{
	return put_file(own("bait"), "forged", 0666);
}

static int attack(void)
{
	return rename(own("bait"), phi("planted")) < 0 ? refused("rename") : works("planted");
}
