// SPDX-License-Identifier: GPL-3.0-or-later
/* Root that eve became turns into nina and runs the approved program: the person is eve. */
#include "client.h"

ATTACK("attack: setuid_to_nina; threat: #43; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return run_client(CLIENT, become_nina);
}
