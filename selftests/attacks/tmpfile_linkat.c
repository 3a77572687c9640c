// SPDX-License-Identifier: GPL-3.0-or-later
/* O_TMPFILE outside, linked into the tree. */
#include "attack.h"

ATTACK("attack: tmpfile_linkat; threat: #60; user: eve; op: link|create; errno: EXDEV; fs: ext4; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = open(at_dir("OWN_DIR"), O_TMPFILE | O_RDWR, 0600);

	if (fd < 0 || write(fd, "forged", 6) < 0)
		return broken("O_TMPFILE");
	if (linkat(AT_FDCWD, at_join("/proc/self/fd", "%d", fd), AT_FDCWD, phi("planted"),
		   AT_SYMLINK_FOLLOW) < 0)
		return refused("linkat");
	return works("planted");
}
