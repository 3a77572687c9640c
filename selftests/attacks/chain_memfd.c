// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by memory with a descriptor. */
#include "flow-net.h"

static int ways(void)
{
	flow.way[0] = memfd_create("way", 0);
	return flow.way[0] < 0;
}

static int put(void)
{
	return flow_write(flow.way[0]);
}

static int relay(void)
{
	return flow_relayed(pread(flow.way[0], flow.text, sizeof(flow.text), 0)) ?: relay_out();
}

FLOW("attack: chain_memfd; threat: #58; op: send; door: network", .make = make_udp, .ways = ways,
     .put = put, .relay = relay, .get = get_net);
