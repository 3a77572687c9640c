// SPDX-License-Identifier: GPL-3.0-or-later
/* openat2() with a directory as root. */
#include "attack.h"

ATTACK("attack: openat2_inroot; threat: #9; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

#include <linux/openat2.h>

NO_SETUP

static int attack(void)
{
	struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_IN_ROOT };
	int dir = open("/srv", O_PATH | O_DIRECTORY);
	int fd = (int)syscall(SYS_openat2, dir, SECRET + strlen("/srv"), &how, sizeof(how));

	return fd < 0 ? refused("openat2") : loot_fd(fd);
}
