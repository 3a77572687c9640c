// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person that waits for a datagram when the data comes. */
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
	return flow_relayed(read(flow.way[0], flow.text, sizeof(flow.text))) ?: relay_out();
}

FLOW("attack: chain_unix_dgram_waiting; threat: #54; op: send; door: network", .make = make_udp,
     .ways = ways, .put = put, .relay = relay, .get = get_net, .relay_waits = true,
     .relay_call = SYS_read);
