// SPDX-License-Identifier: GPL-3.0-or-later
/* The approved program, started by the dynamic loader. */
#include "attack.h"

ATTACK("attack: ldso_launch; threat: #99; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

static char *no_env[] = { NULL };

NO_SETUP

static int attack(void)
{
	char *args[] = { "ld.so", "/opt/ehr/bin/ehr-client", "read", (char *)SECRET, NULL };
	int out[2], status;
	char text[4096] = "";
	pid_t pid;

	if (pipe(out) < 0 || (pid = fork()) < 0)
		return broken("fork");
	if (pid == 0) {
		dup2(out[1], 1);
		dup2(out[1], 2);
		execve("/lib64/ld-linux-x86-64.so.2", args, no_env);
		_exit(126);
	}
	waitpid(pid, &status, 0);
	ssize_t len = read(out[0], text, sizeof(text) - 1);
	if (len > 0 && strstr(text, "PHI-SECRET:"))
		return loot(text, (size_t)len);
	return strstr(text, "EPERM") ? refused_as("client", EPERM) : broken(text);
}
