// SPDX-License-Identifier: GPL-3.0-or-later
/* Links a file from outside into the tree. */
#include "attack.h"

ATTACK("attack: hardlink_in; threat: #4; user: eve; op: link|create; errno: EXDEV; fs: ext4; path: $PHI_DIR/planted|$OWN_DIR/bait; expect: refused");

static int setup(void)
{
	return put_file(own("bait"), "forged", 0666);
}

static int attack(void)
{
	return link(own("bait"), phi("planted")) < 0 ? refused("link") : works("planted");
}
