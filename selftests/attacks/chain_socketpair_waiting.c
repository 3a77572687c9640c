// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person that is receiving from the socket when the data comes. */
#include "flow-chain.h"

static int relay(void)
{
	return flow_relayed(recv(flow.way[0], flow.text, sizeof(flow.text), 0)) ?: relay_out();
}

FLOW("attack: chain_socketpair_waiting; threat: #54; op: send; door: network", .make = make_udp,
     .ways = ways_stream, .put = put_chain, .relay = relay, .get = get_net, .relay_waits = true,
     .relay_call = SYS_recvfrom);
