// SPDX-License-Identifier: GPL-3.0-or-later
/* fanotify by root on the whole file system: every name in the tree. */
#include "attack.h"
#include <sys/fanotify.h>

ATTACK("attack: fanotify_sb; threat: #15; user: root-as-eve; op: stat; errno: EPERM; fs: ext4; path: /srv; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID | FAN_REPORT_DFID_NAME, O_RDONLY);

	if (fd < 0)
		return broken("fanotify_init");
	if (fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN | FAN_CREATE, AT_FDCWD,
			  "/srv") < 0)
		return refused("fanotify_mark");
	return works("a watch");
}
