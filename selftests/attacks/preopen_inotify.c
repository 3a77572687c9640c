// SPDX-License-Identifier: GPL-3.0-or-later
/* A watch from before the start still tells names: no hook sees it. */
#include "attack.h"

ATTACK("attack: preopen_inotify; threat: #15; user: eve; op: *; errno: *; fs: ext4; expect: open; event: may; helper: write $PHI_DIR/new-name x; check: none");

#include <sys/inotify.h>

static int watch = -1;

static int prepare(void)
{
	watch = inotify_init1(0);
	return inotify_add_watch(watch, at_dir("PHI_DIR"), IN_CREATE) < 0
		       ? broken("inotify_add_watch")
		       : 0;
}

static int act(void)
{
	struct pollfd p = { watch, POLLIN, 0 };
	char buf[4096] __attribute__((aligned(8)));

	if (poll(&p, 1, AT_DEADLINE_MS) != 1)
		return refused_silently("no name came");
	return read(watch, buf, sizeof(buf)) < 0 ? refused("read") : works("a name");
}

HELD(prepare, act)
