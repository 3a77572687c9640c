// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a datagram to a socket with a name. */
#include "flow-net.h"
#include "flow-ways.h"

static int ways(void)
{
	if (way_bind(SOCK_DGRAM))
		return -1;
	flow.way[0] = way_ends[0];
	return 0;
}

static int put(void)
{
	struct sockaddr_un at = way_at();
	int out = socket(AF_UNIX, SOCK_DGRAM, 0);

	return flow_result(sendto(out, flow.text, flow.len, 0, (struct sockaddr *)&at, sizeof(at)));
}

static int relay(void)
{
	return flow_relay_read(flow.way[0]) ?: relay_out();
}

FLOW("attack: chain_unix_dgram; threat: #54; op: send; door: network", .make = make_udp,
     .ways = ways, .put = put, .relay = relay, .get = get_net);
