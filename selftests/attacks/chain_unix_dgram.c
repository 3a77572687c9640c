// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a datagram to a socket with a name. */
#include "flow-chain.h"

static int ways(void)
{
	if (way_bind(SOCK_DGRAM))
		return -1;
	flow.way[0] = way_ends[0];
	return 0;
}

FLOW("attack: chain_unix_dgram; threat: #54; op: send; door: network", .make = make_udp,
     .ways = ways, .put = put_unix_dgram, .relay = relay_read_out, .get = get_net);
