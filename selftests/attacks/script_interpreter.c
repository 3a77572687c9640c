// SPDX-License-Identifier: GPL-3.0-or-later
/* The interpreter of the approved script, with other commands. */
#include "attack.h"

ATTACK("attack: script_interpreter; threat: #100; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

/* Runs a command; its output is the loot, its refusal ours. */
static int run_script(char *const args[], char *const env[])
{
	int out[2], status;
	char text[4096] = "";
	pid_t pid;

	if (pipe(out) < 0 || (pid = fork()) < 0)
		return broken("fork");
	if (pid == 0) {
		dup2(out[1], 1);
		dup2(out[1], 2);
		execve(args[0], args, env);
		_exit(126);
	}
	waitpid(pid, &status, 0);
	close(out[1]);
	ssize_t len = read(out[0], text, sizeof(text) - 1);
	if (len > 0 && strstr(text, "PHI-SECRET:"))
		return loot(text, (size_t)len);
	return strstr(text, "not permitted") ? refused_as("script", EPERM) : broken(text);
}

NO_SETUP

static int attack(void)
{
	char *args[] = { "/bin/bash", "-c", "read -r line <\"$0\"; echo \"$line\"", (char *)SECRET,
			 NULL },
	     *env[] = { NULL };

	return run_script(args, env);
}
