// SPDX-License-Identifier: GPL-3.0-or-later
/* Replaces an approved program that lies in a directory of the user's. */
#include "client.h"

ATTACK("attack: replaced_exe; threat: #97; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return 0;
}

static int attack(void)
{
	if (copy_file(CLIENT, "/opt/ehr/loose/new", 0755))
		return AT_BROKEN;
	if (rename("/opt/ehr/loose/new", "/opt/ehr/loose/ehr-client") < 0)
		return refused("rename");
	return run_client("/opt/ehr/loose/ehr-client", NULL);
}
