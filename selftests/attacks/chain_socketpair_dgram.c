// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a pair of sockets. */
#include "flow-net.h"

static int ways(void)
{
	return socketpair(AF_UNIX, SOCK_DGRAM, 0, flow.way);
}

static int put(void)
{
	return flow_write(flow.way[1]);
}

static int relay(void)
{
	return flow_relay_read(flow.way[0]) ?: relay_out();
}

FLOW("attack: chain_socketpair_dgram; threat: #54; op: send; door: network", .make = make_udp,
     .ways = ways, .put = put, .relay = relay, .get = get_net);
