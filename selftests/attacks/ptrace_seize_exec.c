// SPDX-License-Identifier: GPL-3.0-or-later
/* Seizes a process of its own, which then turns into the approved program. */
#include "client.h"
#include <sys/ptrace.h>

ATTACK("attack: ptrace_seize_exec; threat: #45; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

static int seized[2];

static void wait_until_seized(void)
{
	char byte;

	if (read(seized[0], &byte, 1) != 1)
		_exit(125);
}

static void seize(pid_t pid)
{
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0 && write(seized[1], "x", 1) == 1)
		return;
	broken("PTRACE_SEIZE");
	kill(pid, SIGKILL);
}

NO_SETUP

static int attack(void)
{
	char text[4096], *env[] = { NULL };
	char *args[] = { (char *)"ehr-client", (char *)"read", (char *)SECRET, NULL };
	struct command command = { CLIENT, args, env, wait_until_seized, seize };

	if (pipe2(seized, O_CLOEXEC) < 0)
		return broken("pipe");
	return run_captured(&command, text, sizeof(text)) ?: judge_output("client", text);
}
