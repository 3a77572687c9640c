// SPDX-License-Identifier: GPL-3.0-or-later
/* The same in the clinician's own session. */
#include "attack.h"

ATTACK("attack: pidfd_getfd_own; threat: #39; user: nina; op: read; errno: EPERM; fs: ext4; helper: serve $PHI_DIR/secret $OWN_DIR/helper; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	struct helper h;
	int r = find_helper(&h);

	if (r)
		return r;
	int pidfd = (int)syscall(SYS_pidfd_open, h.pid, 0);
	int fd = (int)syscall(SYS_pidfd_getfd, pidfd, h.fd, 0);

	return fd < 0 ? refused("pidfd_getfd") : loot_fd(fd);
}
