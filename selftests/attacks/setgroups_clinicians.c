// SPDX-License-Identifier: GPL-3.0-or-later
/* Root that eve became joins the group of the clinicians and runs the approved program. */
#include "client.h"

ATTACK("attack: setgroups_clinicians; threat: #43; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static void join(void)
{
	gid_t clinicians = 2000;

	if (setgroups(1, &clinicians) < 0 || setgid(clinicians) < 0)
		_exit(125);
}

NO_SETUP

static int attack(void)
{
	return run_client(CLIENT, join);
}
