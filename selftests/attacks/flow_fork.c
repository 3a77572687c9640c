// SPDX-License-Identifier: GPL-3.0-or-later
/* A child of the reader sends, on behalf of a parent that is gone. */
#include "flow-ways.h"

static int put(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		pid = fork();
		_exit(pid ? 0 : -flow_put_given());
	}
	waitpid(pid, &status, 0);
	return 0;
}

FLOW("attack: flow_fork; threat: #57; op: read; door: ipc", .make = make_pipe, .put = put,
     .get = get_way);
