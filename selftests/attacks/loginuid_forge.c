// SPDX-License-Identifier: GPL-3.0-or-later
/* Root that eve became writes nina's id to /proc/self/loginuid. */
#include "client.h"

ATTACK("attack: loginuid_forge; threat: #118; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: open; event: may");

static void log_in_as_nina(void)
{
	int fd = open("/proc/self/loginuid", O_WRONLY);

	if (write(fd, "1000", 4) < 0)
		_exit(125);
	become_nina();
}

NO_SETUP

static int attack(void)
{
	return run_client(CLIENT, log_in_as_nina);
}
