// SPDX-License-Identifier: GPL-3.0-or-later
/* inotify_add_watch(2) of guessed names. */
#include "probe.h"
#include <sys/inotify.h>

ATTACK("attack: probe_inotify; threat: #15; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records; settings: hide-names; expect: refused");

NO_SETUP

static int try(const char *path)
{
	int fd = inotify_init1(IN_CLOEXEC), watch = inotify_add_watch(fd, path, IN_OPEN);

	close(fd);
	return watch;
}

static int attack(void)
{
	return probe("inotify_add_watch", try);
}
