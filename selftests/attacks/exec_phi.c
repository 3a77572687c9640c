// SPDX-License-Identifier: GPL-3.0-or-later
/* Executes a labelled file whose first line hands its text to an interpreter. */
#include "attack.h"

ATTACK("attack: exec_phi; threat: #9; user: eve; op: read; errno: EPERM; fs: ext4; path: $PHI_DIR/run; expect: refused");

static int setup(void)
{
	char text[512] = "#!/bin/echo ";

	if (get_file(SECRET, text + strlen(text), 400) < 0)
		return broken("read");
	return put_file(phi("run"), text, 0755);
}

static int attack(void)
{
	int out[2];
	pid_t pid;

	if (pipe(out) < 0 || (pid = fork()) < 0)
		return broken("fork");
	if (pid == 0) {
		dup2(out[1], 1);
		execl(phi("run"), "run", NULL);
		_exit(errno);
	}
	close(out[1]);
	int status;
	waitpid(pid, &status, 0);
	if (WEXITSTATUS(status))
		return refused_as("execve", WEXITSTATUS(status));
	return loot_fd(out[0]);
}
