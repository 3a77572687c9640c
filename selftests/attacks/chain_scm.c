// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by passing it the open file. */
#include "flow-chain.h"

static int put(void)
{
	int copy = memfd_create("copy", 0), r = flow_write(copy);

	return r ?: way_give_rights(flow.way[1], copy);
}

static int relay(void)
{
	if (flow_receive_rights(flow.way[0]) < 0 || !flow.n_fd)
		_exit(FLOW_UNREAD + EPERM);
	return flow_relayed(pread(flow.fd[0], flow.text, sizeof(flow.text), 0)) ?: relay_out();
}

FLOW("attack: chain_scm; threat: #38; op: send; door: network", .make = make_udp,
     .ways = ways_stream, .put = put, .relay = relay, .get = get_net);
