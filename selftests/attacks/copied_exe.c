// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy of the approved program. */
#include "client.h"

ATTACK("attack: copied_exe; threat: #97; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return copy_file(CLIENT, own("ehr-client"), 0755) ?: run_client(own("ehr-client"), NULL);
}
