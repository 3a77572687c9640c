// SPDX-License-Identifier: GPL-3.0-or-later
/* Links the file to a second name inside the tree. */
#include "attack.h"

ATTACK("attack: hardlink_within; threat: #4; user: eve; op: link; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return link(SECRET, phi("alias")) < 0 ? refused("link") : works("linked");
}
