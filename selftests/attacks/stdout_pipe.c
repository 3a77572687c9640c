// SPDX-License-Identifier: GPL-3.0-or-later
/* The approved client, started with its output going to a pipe of eve's. */
#include "flow-ways.h"

static int put(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		dup2(flow.fd[0], 1);
		execl("/opt/ehr/bin/ehr-client", "ehr-client", "read", SECRET, NULL);
		_exit(errno);
	}
	return waitpid(pid, &status, 0) < 0 ? -errno : 0;
}

FLOW_UNAPPROVED("attack: stdout_pipe; threat: #41; op: read; door: ipc", .make = make_pipe,
		.put = put, .get = get_way, .reads_itself = true);
