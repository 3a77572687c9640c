// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a socket, looked at and not taken. */
#include "flow-chain.h"

static int relay(void)
{
	return flow_relayed(recv(flow.way[0], flow.text, sizeof(flow.text), MSG_PEEK))
		       ?: relay_out();
}

FLOW("attack: chain_unix_peek; threat: #54; op: send; door: network", .make = make_udp,
     .ways = ways_stream, .put = put_chain, .relay = relay, .get = get_net);
