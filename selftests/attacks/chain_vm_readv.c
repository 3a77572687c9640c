// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: read out of its memory. */
#include "flow-net.h"

/* The relay is told where by being the one that is asked: it reads what stood there before. */
static int ways(void)
{
	flow.way[0] = getpid();
	return pipe2(flow.way, 0);
}

static int before(void)
{
	char *where = flow.text;
	pid_t pid = getpid();

	prctl(PR_SET_DUMPABLE, 1);
	return flow_result(write(flow.way[1], &where, sizeof(where)))
		       ?: flow_result(write(flow.way[1], &pid, sizeof(pid)));
}

static int put(void)
{
	return 0;
}

static int relay(void)
{
	char *where;
	pid_t pid;

	if (read(flow.way[0], &where, sizeof(where)) < 0 ||
	    read(flow.way[0], &pid, sizeof(pid)) < 0)
		return flow_relayed(-1);
	struct iovec to = { flow.text, 256 }, from = { where, 256 };
	ssize_t len = process_vm_readv(pid, &to, 1, &from, 1, 0);
	return len < 0 ? -errno : flow_relayed(len) ?: relay_out();
}

FLOW("attack: chain_vm_readv; threat: #43; op: read|send; door: *", .make = make_udp,
     .ways = ways, .before = before, .put = put, .relay = relay, .get = get_net);
