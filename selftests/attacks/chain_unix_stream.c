// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a socket with a name. */
#include "flow-net.h"
#include "flow-ways.h"

static int ways(void)
{
	if (way_bind(SOCK_STREAM))
		return -1;
	flow.way[0] = way_ends[0];
	return 0;
}

static int put(void)
{
	return way_connect(SOCK_STREAM) ?: flow_write(way_out);
}

static int relay(void)
{
	return flow_relay_read(accept(flow.way[0], NULL, NULL)) ?: relay_out();
}

FLOW("attack: chain_unix_stream; threat: #54; op: send; door: network", .make = make_udp,
     .ways = ways, .put = put, .relay = relay, .get = get_net);
