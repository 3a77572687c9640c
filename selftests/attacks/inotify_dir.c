// SPDX-License-Identifier: GPL-3.0-or-later
/* Watches the directory for names. */
#include "attack.h"
#include <sys/inotify.h>

ATTACK("attack: inotify_dir; threat: #15; user: eve; op: stat; errno: EPERM; fs: ext4; path: $PHI_DIR; check: none; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = inotify_init1(IN_NONBLOCK);
	char buf[4096] __attribute__((aligned(8)));

	if (inotify_add_watch(fd, at_dir("PHI_DIR"), IN_OPEN | IN_CREATE) < 0)
		return refused("inotify_add_watch");
	close(open(phi("new-name"), O_CREAT | O_WRONLY, 0666));
	return read(fd, buf, sizeof(buf)) < 0 ? works("a watch") : works("a name");
}
