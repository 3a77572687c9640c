// SPDX-License-Identifier: GPL-3.0-or-later
/* fanotify by root: open files of what others open. */
#include "attack.h"
#include <sys/fanotify.h>

ATTACK("attack: fanotify_fd; threat: #16; user: root-as-eve; op: stat; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = fanotify_init(FAN_CLASS_NOTIF, O_RDONLY);

	if (fd < 0)
		return broken("fanotify_init");
	return fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, SECRET) < 0
		       ? refused("fanotify_mark")
		       : works("a watch");
}
