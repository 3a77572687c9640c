// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, started by a thread that is not the first. */
#include "flow-ways.h"
#include <pthread.h>

static char line[128];

static void *runs(void *unused)
{
	char *args[] = { (char *)"sh", (char *)"-c", line, NULL };

	execv("/bin/sh", args);
	return NULL;
}

static int put(void)
{
	int memfd = memfd_create("kept", 0), r = flow_write(memfd);
	pthread_t thread;

	snprintf(line, sizeof(line), "cat /proc/self/fd/%d >&%d; kill -STOP $$", memfd, flow.fd[0]);
	if (pthread_create(&thread, NULL, runs, NULL))
		return r ?: -EAGAIN;
	pthread_join(thread, NULL);
	return -ENOEXEC;
}

FLOW("attack: flow_exec_thread; threat: #57; op: read; door: ipc", .make = make_pipe, .put = put,
     .get = get_way);
