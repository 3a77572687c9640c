// SPDX-License-Identifier: GPL-3.0-or-later
/* A watch on the whole mount: tells the names of what is opened. */
#include "attack.h"
#include <sys/fanotify.h>

ATTACK("attack: fanotify_mount; threat: #15; user: root-as-eve; op: stat; errno: EPERM; fs: ext4; path: /srv; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = fanotify_init(FAN_CLASS_NOTIF, O_RDONLY);

	if (fd < 0)
		return broken("fanotify_init");
	return fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN, AT_FDCWD, "/srv") < 0
		       ? refused("fanotify_mark")
		       : works("a watch");
}
