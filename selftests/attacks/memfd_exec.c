// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy of the approved program that lies in memory. */
#include "client.h"

ATTACK("attack: memfd_exec; threat: #97; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = (int)syscall(SYS_memfd_create, "ehr-client", 0), in = open(CLIENT, O_RDONLY);

	while (sendfile(fd, in, NULL, 1 << 20) > 0)
		;
	return run_client(at_join("/proc/self/fd", "%d", fd), NULL);
}
