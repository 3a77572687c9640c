// SPDX-License-Identifier: GPL-3.0-or-later
/* Another program, that is not approved, goes on in its place. */
#include "flow-ways.h"

static int put(void)
{
	int memfd = memfd_create("kept", 0), r = flow_write(memfd);
	char line[128];
	char *args[] = { (char *)"sh", (char *)"-c", line, NULL };

	snprintf(line, sizeof(line), "cat /proc/self/fd/%d >&%d; kill -STOP $$", memfd, flow.fd[0]);
	execv("/bin/sh", args);
	return r ?: -errno;
}

FLOW("attack: flow_exec; threat: #57; op: read; door: ipc", .make = make_pipe, .put = put,
     .get = get_way);
