// SPDX-License-Identifier: GPL-3.0-or-later
/* Watches the file: who opens it, and when. */
#include "attack.h"
#include <sys/inotify.h>

ATTACK("attack: inotify_file; threat: #15; user: eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = inotify_init1(IN_NONBLOCK);

	return inotify_add_watch(fd, SECRET, IN_OPEN | IN_MODIFY) < 0 ? refused("inotify_add_watch")
								      : works("a watch");
}
