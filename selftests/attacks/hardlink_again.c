// SPDX-License-Identifier: GPL-3.0-or-later
/* Links the alias from before the start again, and reads the new name. */
#include "attack.h"

ATTACK("attack: hardlink_again; threat: #3; user: eve; op: link|read; errno: EPERM|EXDEV; fs: ext4; path: *; expect: refused");

static int setup(void)
{
	return link(SECRET, own("alias")) < 0 ? broken("link") : 0;
}

static int attack(void)
{
	if (link(own("alias"), own("again")) < 0)
		return refused("link");
	return loot_path(own("again"));
}
