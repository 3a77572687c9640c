// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy of the approved script. */
#include "client.h"

ATTACK("attack: script_copy; threat: #100; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	char *args[] = { (char *)own("report.sh"), (char *)SECRET, NULL }, *env[] = { NULL };

	return copy_file("/opt/ehr/bin/report.sh", args[0], 0755) ?: run_script(args, env);
}
