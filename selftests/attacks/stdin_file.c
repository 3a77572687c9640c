// SPDX-License-Identifier: GPL-3.0-or-later
/* The labelled file, handed to an unapproved program by its standard input. */
#include "flow-ways.h"

static int put(void)
{
	char line[64];
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		snprintf(line, sizeof(line), "cat >&%d", flow.fd[0]);
		execl("/opt/ehr/bin/ehr-client", "ehr-client", "exec", SECRET, "/bin/sh", "-c",
		      line, NULL);
		_exit(errno);
	}
	return waitpid(pid, &status, 0) < 0 ? -errno : WEXITSTATUS(status) ? -EPERM : 0;
}

FLOW_UNAPPROVED("attack: stdin_file; threat: #41; op: read|stat; path: $PHI_DIR/secret",
		.make = make_pipe, .put = put, .get = get_way, .reads_itself = true);
