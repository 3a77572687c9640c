// SPDX-License-Identifier: GPL-3.0-or-later
/* A pair of datagram sockets of eve's. */
#include "flow-ways.h"

static int make(void)
{
	return socketpair(AF_UNIX, SOCK_DGRAM, 0, way_ends) < 0 ? broken("socketpair")
								: flow_give(way_ends[1]);
}

FLOW("attack: flow_socketpair_dgram; threat: #54; op: send|read; door: unix|ipc", .make = make,
     .put = flow_put_given, .get = get_way);
