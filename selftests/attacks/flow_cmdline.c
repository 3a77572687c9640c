// SPDX-License-Identifier: GPL-3.0-or-later
/* The arguments of a program that is started with them. */
#include "flow-ways.h"

static int put(void)
{
	char *args[] = { (char *)"sh", (char *)"-c", (char *)"kill -STOP $$; exit", flow.text,
			 NULL };
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* or the next run would find it */
		execv("/bin/sh", args);
		_exit(1);
	}
	return waitpid(pid, NULL, WUNTRACED) < 0 ? -errno : 0;
}

static int get(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char text[4096];

	while (dir && (entry = readdir(dir))) {
		ssize_t len = *entry->d_name > '9'
				      ? -1
				      : get_file(at_join("/proc", "%s/cmdline", entry->d_name),
						 text, sizeof(text));
		if (len > 0 && memmem(text, (size_t)len, "PHI-SECRET:flow_cmdline", 23))
			return loot(text, (size_t)len);
	}
	return FLOW_NOTHING;
}

FLOW("attack: flow_cmdline; threat: #62; op: *; expect: open; event: may", .put = put, .get = get);
