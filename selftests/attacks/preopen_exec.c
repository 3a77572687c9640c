// SPDX-License-Identifier: GPL-3.0-or-later
/* A descriptor from before the start, inherited over exec by another program. */
#include "attack.h"

ATTACK("attack: preopen_exec; threat: #34; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int held = -1;

static int prepare(void)
{
	held = open(SECRET, O_RDONLY);
	return held < 0 ? broken("open") : 0;
}

static int act(void)
{
	int out[2], status;
	char err[256] = "";
	pid_t pid;

	if (pipe(out) < 0 || (pid = fork()) < 0)
		return broken("fork");
	if (pid == 0) {
		dup2(held, 0);
		dup2(out[1], 1);
		dup2(out[1], 2);
		execl("/bin/dd", "dd", "status=none", NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	if (WEXITSTATUS(status) == 0)
		return loot_fd(out[0]);
	return read(out[0], err, sizeof(err) - 1) > 0 && strstr(err, "not permitted")
		       ? refused_as("dd", EPERM)
		       : broken(err);
}

HELD(prepare, act)
