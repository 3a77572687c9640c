// SPDX-License-Identifier: GPL-3.0-or-later
/* The approved client, started with its output going to a file. */
#include "flow-ways.h"

static int put(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		dup2(open(own("copy"), O_WRONLY | O_CREAT, 0666), 1);
		execl("/opt/ehr/bin/ehr-client", "ehr-client", "read", SECRET, NULL);
		_exit(errno);
	}
	return waitpid(pid, &status, 0) < 0 ? -errno : 0;
}

FLOW_UNAPPROVED("attack: stdout_file; threat: #41; op: read; path: $OWN_DIR/copy", .put = put,
		.get = get_copy, .reads_itself = true);
