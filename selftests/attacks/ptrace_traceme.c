// SPDX-License-Identifier: GPL-3.0-or-later
/* Starts the approved program under a tracer: its memory is the tracer's. */
#include "client.h"
#include <sys/ptrace.h>

ATTACK("attack: ptrace_traceme; threat: #45; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

static void traced(void)
{
	ptrace(PTRACE_TRACEME, 0, 0, 0);
}

static void let_go(pid_t pid)
{
	waitpid(pid, NULL, 0); /* stopped by its exec */
	ptrace(PTRACE_CONT, pid, 0, 0);
}

NO_SETUP

static int attack(void)
{
	char text[4096], *env[] = { NULL };
	char *args[] = { (char *)"ehr-client", (char *)"read", (char *)SECRET, NULL };
	struct command command = { CLIENT, args, env, traced, let_go };

	return run_captured(&command, text, sizeof(text)) ?: judge_output("client", text);
}
