// SPDX-License-Identifier: GPL-3.0-or-later
/* Root that eve became writes nina's id to /proc/self/loginuid. */
#include "attack.h"

ATTACK("attack: loginuid_forge; threat: #118; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: open; event: may");

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

#include <grp.h>

static void become_nina(void)
{
	gid_t groups[] = { 1000, 2000 };

	int fd = open("/proc/self/loginuid", O_WRONLY);

	if (write(fd, "1000", 4) < 0 || setgroups(2, groups) < 0 || setgid(1000) < 0 ||
	    setuid(1000) < 0)
		_exit(125);
}

NO_SETUP

static int attack(void)
{
	return run_client("/opt/ehr/bin/ehr-client", no_env, become_nina);
}
