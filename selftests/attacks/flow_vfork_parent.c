// SPDX-License-Identifier: GPL-3.0-or-later
/* The parent sends what a child that borrowed its memory has read. */
#include "flow-ways.h"

static char stack[65536];

static int reads(void *unused)
{
	return flow_read();
}

static int put(void)
{
	pid_t pid = clone(reads, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);

	return waitpid(pid, NULL, 0) < 0 ? -errno : flow_put_given();
}

FLOW("attack: flow_vfork_parent; threat: #57; op: read; door: ipc", .make = make_pipe, .put = put,
     .get = get_way, .reads_itself = true);
