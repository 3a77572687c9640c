// SPDX-License-Identifier: GPL-3.0-or-later
/* Moves a file from outside over the labelled one. */
#include "attack.h"

ATTACK("attack: rename_over; threat: #5; user: eve; op: rename|create|delete; errno: EXDEV; fs: ext4; path: $OWN_DIR/bait|$PHI_DIR/secret; expect: refused");

static int setup(void)
{
	return put_file(own("bait"), "forged", 0666);
}

static int attack(void)
{
	return rename(own("bait"), SECRET) < 0 ? refused("rename") : works("replaced");
}
