// SPDX-License-Identifier: GPL-3.0-or-later
/* A child that was there before the parent read sends what it finds in memory that both share. */
#include "flow-net.h"

static char *shared;
static pid_t child;

static int before(void)
{
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	child = fork();
	if (child == 0) {
		alarm(20);
		while (!__atomic_load_n(shared, __ATOMIC_ACQUIRE))
			poll(NULL, 0, 5);
		flow.len = strlen(shared + 1);
		memcpy(flow.text, shared + 1, flow.len);
		_exit(-relay_out());
	}
	return flow_result(child);
}

static int put(void)
{
	int status = 0;

	memcpy(shared + 1, flow.text, flow.len);
	__atomic_store_n(shared, 1, __ATOMIC_RELEASE);
	waitpid(child, &status, 0);
	return -WEXITSTATUS(status);
}

FLOW("attack: chain_map_shared; threat: #57; op: send; door: network", .make = make_udp,
     .before = before, .put = put, .get = get_net);
