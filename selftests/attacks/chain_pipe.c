// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a pipe. */
#include "flow-net.h"

static int ways(void)
{
	return pipe(flow.way);
}

static int put(void)
{
	return flow_write(flow.way[1]);
}

static int relay(void)
{
	return flow_relay_read(flow.way[0]) ?: relay_out();
}

FLOW("attack: chain_pipe; threat: #53; op: send; door: network", .make = make_udp, .ways = ways,
     .put = put, .relay = relay, .get = get_net);
