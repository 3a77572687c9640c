// SPDX-License-Identifier: GPL-3.0-or-later
/* A descriptor from before the start, inherited over exec by another program. */
#include "client.h"

ATTACK("attack: preopen_exec; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static void as_input(void)
{
	dup2(held, 0);
}

static int act(void)
{
	char text[4096], *args[] = { (char *)"dd", (char *)"status=none", NULL };
	struct command command = { "/bin/dd", args, environ, as_input, NULL };

	return run_captured(&command, text, sizeof(text)) ?: judge_output("dd", text);
}

HELD(prepare, act)
