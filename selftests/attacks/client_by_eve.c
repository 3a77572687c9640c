// SPDX-License-Identifier: GPL-3.0-or-later
/* The approved program in the hands of someone else. */
#include "client.h"

ATTACK("attack: client_by_eve; threat: #43; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return run_client(CLIENT, NULL);
}
