// SPDX-License-Identifier: GPL-3.0-or-later
/* A process that shares the memory, and was there before, sends. */
#include "flow-ways.h"

static char stack[65536];
static volatile int go, sibling_result = 1;
static pid_t sibling;

static int sends(void *unused)
{
	while (!go)
		poll(NULL, 0, 5);
	sibling_result = flow_put_given();
	return 0;
}

static int before(void)
{
	sibling = clone(sends, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	return flow_result(sibling);
}

static int put(void)
{
	flow_read();
	go = 1;
	waitpid(sibling, NULL, 0);
	return sibling_result;
}

FLOW("attack: flow_clone_vm; threat: #57; op: read; door: ipc", .make = make_pipe, .put = put,
     .get = get_way, .reads_itself = true, .before = before);
