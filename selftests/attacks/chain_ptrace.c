// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: poked into its memory. */
#include "flow-net.h"
#include <sys/ptrace.h>

static int put(void)
{
	int status;

	if (ptrace(PTRACE_ATTACH, flow.relay, NULL, NULL) < 0 ||
	    waitpid(flow.relay, &status, __WALL) < 0)
		return -errno;
	for (size_t i = 0; i < flow.len; i += sizeof(long)) {
		long word;

		memcpy(&word, flow.text + i, sizeof(word));
		if (ptrace(PTRACE_POKEDATA, flow.relay, flow.relay_text + i, word) < 0)
			return -errno;
	}
	return flow_result(ptrace(PTRACE_DETACH, flow.relay, NULL, NULL));
}

static int relay(void)
{
	return flow_relayed((ssize_t)strlen(flow.text)) ?: relay_out();
}

FLOW("attack: chain_ptrace; threat: #44; op: send; door: network", .make = make_udp, .put = put,
     .relay = relay, .get = get_net, .relay_first = true);
