// SPDX-License-Identifier: GPL-3.0-or-later
/* linkat() of /proc/self/fd/N of an O_PATH descriptor. */
#include "attack.h"

ATTACK("attack: hardlink_fd; threat: #4; user: eve; op: link|read; errno: EXDEV; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = open(SECRET, O_PATH);

	if (linkat(AT_FDCWD, at_join("/proc/self/fd", "%d", fd), AT_FDCWD, own("alias"),
		   AT_SYMLINK_FOLLOW) < 0)
		return refused("linkat");
	return loot_path(own("alias"));
}
