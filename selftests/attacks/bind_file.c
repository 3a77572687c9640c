// SPDX-License-Identifier: GPL-3.0-or-later
/* Through a bind mount of the file alone, made before the start. */
#include "attack.h"

ATTACK("attack: bind_file; threat: #19; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: *; expect: refused");

static int setup(void)
{
	int r = put_file(own("mnt"), "", 0666);

	return r ?: mount(SECRET, own("mnt"), NULL, MS_BIND, NULL) < 0 ? broken("mount") : 0;
}

static int attack(void)
{
	return loot_path(own("mnt"));
}
