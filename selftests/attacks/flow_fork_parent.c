// SPDX-License-Identifier: GPL-3.0-or-later
/* The parent sends what a child has read into memory that both share. */
#include "flow-ways.h"

static int put(void)
{
	char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		flow_read();
		memcpy(shared, flow.text, flow.len);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) < 0 || status)
		_exit(WEXITSTATUS(status));
	flow.len = strlen(shared);
	memcpy(flow.text, shared, flow.len);
	return flow_put_given();
}

FLOW("attack: flow_fork_parent; threat: #57; op: read; door: ipc", .make = make_pipe, .put = put,
     .get = get_way, .reads_itself = true);
