// SPDX-License-Identifier: GPL-3.0-or-later
/* The interpreter of the approved script, with other commands. */
#include "client.h"

ATTACK("attack: script_interpreter; threat: #100; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	char *args[] = { "/bin/bash", "-c", "read -r line <\"$0\"; echo \"$line\"", (char *)SECRET,
			 NULL },
	     *env[] = { NULL };

	return run_script(args, env);
}
