// SPDX-License-Identifier: GPL-3.0-or-later
/* The approved script in the hands of someone else. */
#include "client.h"

ATTACK("attack: script_by_eve; threat: #100; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	char *args[] = { "/opt/ehr/bin/report.sh", (char *)SECRET, NULL }, *env[] = { NULL };

	return run_script(args, env);
}
