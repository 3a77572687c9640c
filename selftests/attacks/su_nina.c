// SPDX-License-Identifier: GPL-3.0-or-later
/* su to nina, then the approved program: the person is eve. */
#include "client.h"

ATTACK("attack: su_nina; threat: #43; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	char command[PATH_MAX + 64];
	char *args[] = { (char *)"/bin/su", (char *)"nina", (char *)"-s", (char *)"/bin/sh",
			 (char *)"-c",      command,        NULL };

	if (access(args[0], X_OK) < 0)
		return not_here("no su");
	snprintf(command, sizeof(command), CLIENT " read %s", SECRET);
	return run_script(args, environ);
}
