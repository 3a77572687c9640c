// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a named pipe. */
#include "flow-chain.h"

static int ways(void)
{
	if (mkfifo(own("fifo"), 0666) < 0)
		return -1;
	flow.way[0] = open(own("fifo"), O_RDWR);
	return flow.way[0] < 0;
}

static int put(void)
{
	return flow_write_path(own("fifo"), 0);
}

FLOW("attack: chain_fifo; threat: #53; op: send; door: network", .make = make_udp, .ways = ways,
     .put = put, .relay = relay_read_out, .get = get_net);
