// SPDX-License-Identifier: GPL-3.0-or-later
/* Dumps core into the tree. */
#include "attack.h"

ATTACK("attack: coredump_in; threat: #46; user: eve; op: create; errno: EPERM; fs: ext4; path: $PHI_DIR/core*; event: may; expect: refused");

#include <sys/resource.h>

/* The runner has set core_pattern to "core". */
NO_SETUP

static int attack(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &all);
		prctl(PR_SET_DUMPABLE, 1);
		if (chdir(at_dir("PHI_DIR")) < 0)
			_exit(errno);
		raise(SIGQUIT);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status))
		return refused_as("chdir", WEXITSTATUS(status));
	return WCOREDUMP(status) ? works("a core") : refused_as("core", EPERM);
}
