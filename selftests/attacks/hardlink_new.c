// SPDX-License-Identifier: GPL-3.0-or-later
/* Links the file to a name outside. */
#include "attack.h"

ATTACK("attack: hardlink_new; threat: #4; user: eve; op: link; errno: EXDEV; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return link(SECRET, own("alias")) < 0 ? refused("link") : loot_path(own("alias"));
}
