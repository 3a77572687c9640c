// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * To an unapproved program of the same person: by memory that both have mapped before it was
 * read.
 */
#include "flow-net.h"
#include "flow-ways.h"

static int ways(void)
{
	flow.way[0] = memfd_create("way", 0);
	return ftruncate(flow.way[0], 4096) < 0;
}

static int before(void)
{
	return way_map_fd(flow.way[0]);
}

/* Mapped here only when told to go on: the attack of two mappings is chain_map_shared. */
static int relay(void)
{
	int r = way_map_fd(flow.way[0]);

	if (r)
		return r;
	memcpy(flow.text, way_map, 256);
	return flow_relayed(256) ?: relay_out();
}

FLOW("attack: chain_memfd_map; threat: #58; op: send; door: network", .make = make_udp,
     .ways = ways, .before = before, .put = put_map, .relay = relay, .get = get_net);
