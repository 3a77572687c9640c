// SPDX-License-Identifier: GPL-3.0-or-later
/* A libc of the user's own for the approved program, by LD_LIBRARY_PATH. */
#include "attack.h"

ATTACK("attack: ld_library_path; threat: #99; user: nina; op: read; errno: EPERM|NONE; fs: ext4; event: may; expect: refused");

/* The copy is the true libc, so "it was mapped" is all this can show: the client says so. */
NO_SETUP

static int attack(void)
{
	char env_lib[PATH_MAX + 32], text[4096] = "";
	char *env[] = { env_lib, NULL };
	int out[2], status;
	pid_t pid;

	snprintf(env_lib, sizeof(env_lib), "LD_LIBRARY_PATH=%s", at_dir("OWN_DIR"));
	if (copy_file("/lib/x86_64-linux-gnu/libc.so.6", own("libc.so.6"), 0755) || pipe(out) < 0 ||
	    (pid = fork()) < 0)
		return broken("fork");
	if (pid == 0) {
		dup2(out[1], 1);
		dup2(out[1], 2);
		execle("/opt/ehr/bin/ehr-client", "ehr-client", "maps-then-read", SECRET, NULL,
		       env);
		_exit(126);
	}
	waitpid(pid, &status, 0);
	ssize_t len = read(out[0], text, sizeof(text) - 1);
	if (len < 0 || !strstr(text, at_dir("OWN_DIR")))
		return refused_silently("the loader left it out");
	if (strstr(text, "PHI-SECRET:"))
		return loot(text, (size_t)len);
	return strstr(text, "EPERM") ? refused_as("client", EPERM) : broken(text);
}
