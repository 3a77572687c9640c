// SPDX-License-Identifier: GPL-3.0-or-later
/* O_PATH, then open of /proc/self/fd/N. */
#include "attack.h"

ATTACK("attack: opath_reopen; threat: #7; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = open(SECRET, O_PATH);

	if (fd < 0)
		return refused("open O_PATH");
	return loot_path(at_join("/proc/self/fd", "%d", fd));
}
