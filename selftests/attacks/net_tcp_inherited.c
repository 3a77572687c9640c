// SPDX-License-Identifier: GPL-3.0-or-later
/* A connection that a parent made which never read. */
#include "flow-net.h"

static int ways(void)
{
	flow.way[0] = net_connect(NET_EVE_IP, FLOW_PORT, SOCK_STREAM, 0);
	return flow.way[0] < 0;
}

static int put(void)
{
	return net_send(flow.way[0], MSG_NOSIGNAL);
}

FLOW("attack: net_tcp_inherited; threat: #82; op: send; door: network", .make = make_tcp,
     .ways = ways, .put = put, .get = get_stream);
