// SPDX-License-Identifier: GPL-3.0-or-later
/* The approved program, started by the dynamic loader. */
#include "client.h"

ATTACK("attack: ldso_launch; threat: #99; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	char text[4096], *env[] = { NULL };
	char *args[] = { (char *)"ld.so", (char *)CLIENT, (char *)"read", (char *)SECRET, NULL };
	struct command command = { .file = "/lib64/ld-linux-x86-64.so.2",
				   .args = args,
				   .env = env };

	return run_captured(&command, text, sizeof(text)) ?: judge_output("client", text);
}
