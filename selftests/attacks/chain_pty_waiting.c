// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person that is reading from the terminal when the data comes. */
#include "flow-net.h"
#include "flow-ways.h"

static int ways(void)
{
	if (make_pty())
		return -1;
	flow.way[0] = way_ends[0];
	flow.way[1] = way_ends[1];
	return 0;
}

static int put(void)
{
	return flow_write(flow.way[1]);
}

static int relay(void)
{
	return flow_relayed(read(flow.way[0], flow.text, sizeof(flow.text))) ?: relay_out();
}

FLOW("attack: chain_pty_waiting; threat: #53; op: send; door: network", .make = make_udp,
     .ways = ways, .put = put, .relay = relay, .get = get_net, .relay_waits = true,
     .relay_call = SYS_read);
