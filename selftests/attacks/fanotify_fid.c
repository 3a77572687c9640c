// SPDX-License-Identifier: GPL-3.0-or-later
/* fanotify without privilege: file handles and names. */
#include "attack.h"
#include <sys/fanotify.h>

ATTACK("attack: fanotify_fid; threat: #15; user: eve; op: stat; errno: EPERM; fs: ext4; path: $PHI_DIR; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID | FAN_REPORT_DFID_NAME, O_RDONLY);

	if (fd < 0)
		return not_here("no fanotify for users");
	if (fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN | FAN_CREATE | FAN_EVENT_ON_CHILD | FAN_ONDIR,
			  AT_FDCWD, at_dir("PHI_DIR")) < 0)
		return refused("fanotify_mark");
	return works("a watch");
}
