// SPDX-License-Identifier: GPL-3.0-or-later
/* An approved program that its user may write, though nobody has: who could change it unseen is not trusted. */
#include "attack.h"

ATTACK("attack: writable_unchanged; threat: #97; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

/* Runs the approved client at "read"; its output is the loot, its refusal ours. */
static int run_client(const char *exe, char *const env[], void (*before)(void))
{
	int out[2], status = 0;
	char text[4096] = "";
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	if (pipe(out) < 0 || (pid = fork()) < 0)
		return broken("fork");
	if (pid == 0) {
		char *args[] = { "ehr-client", "read", (char *)SECRET, NULL };

		dup2(out[1], 1);
		dup2(out[1], 2);
		if (before)
			before();
		execve(exe, args, env);
		fprintf(stderr, "exec: %s", strerrorname_np(errno));
		_exit(126);
	}
	close(out[1]);
	while (len < sizeof(text) - 1 &&
	       (got = read(out[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	waitpid(pid, &status, 0);
	if (memmem(text, len, "PHI-SECRET:", 11))
		return loot(text, len);
	fprintf(stderr, "%s\n", text);
	return strstr(text, "EPERM") ? refused_as("client", EPERM) : broken("client");
}

static char *no_env[] = { NULL };

NO_SETUP

static int attack(void)
{
	return run_client("/opt/ehr/untouched/ehr-client", no_env, NULL);
}
