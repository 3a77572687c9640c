// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Root that eve became writes nina's id to /proc/self/loginuid. She is nina from then on, with
 * all she runs: what the approved client reads for her is hers to have.
 */
#include "client.h"

ATTACK("attack: loginuid_forge; threat: #118; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: open; event: may");

NO_SETUP

static int attack(void)
{
	int fd = open("/proc/self/loginuid", O_WRONLY);

	if (write(fd, "1000", 4) < 0)
		return broken("loginuid");
	become_nina();
	return run_client(CLIENT, NULL);
}
