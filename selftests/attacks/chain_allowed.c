// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * To an unapproved program of the same person: and that one tries the place that only the
 * approved one may send to.
 */
#include "flow-chain.h"

static int make(void)
{
	net_fd = net_serve("127.0.0.1", 11112, SOCK_STREAM, 0);
	return net_fd < 0 ? broken("tcp") : 0;
}

static int relay(void)
{
	return flow_relay_read(flow.way[0])
		       ?: net_send(net_connect("127.0.0.1", 11112, SOCK_STREAM, 0), MSG_NOSIGNAL);
}

FLOW("attack: chain_allowed; threat: #53; op: send; door: network", .make = make, .ways = ways_pipe,
     .put = put_chain, .relay = relay, .get = get_stream);
