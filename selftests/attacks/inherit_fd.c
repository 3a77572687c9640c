// SPDX-License-Identifier: GPL-3.0-or-later
/* The approved program opens the file, then turns into another program that inherits it. */
#include "client.h"

ATTACK("attack: inherit_fd; threat: #34; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	char *args[] = { (char *)CLIENT,    (char *)"exec",        (char *)SECRET,
			 (char *)"/bin/dd", (char *)"status=none", NULL };

	return run_script(args, environ);
}
