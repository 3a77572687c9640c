// SPDX-License-Identifier: GPL-3.0-or-later
/* Commands of the user's own in the approved script, by BASH_ENV: an interpreter that takes code from its environment is not to be trusted with a script. */
#include "attack.h"

ATTACK("attack: script_env; threat: #100; user: nina; op: read; errno: EPERM; fs: ext4; expect: open; event: may");

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
	char env_file[PATH_MAX + 16], *env[] = { env_file, NULL };
	char *args[] = { "/opt/ehr/bin/report.sh", "/dev/null", (char *)SECRET, NULL };

	snprintf(env_file, sizeof(env_file), "BASH_ENV=%s", own("foreign"));
	return put_file(own("foreign"), "read -r line <\"$2\"; echo \"$line\"\n", 0644)
		       ?: run_script(args, env);
}
