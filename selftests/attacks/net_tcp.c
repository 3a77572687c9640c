// SPDX-License-Identifier: GPL-3.0-or-later
/* A connection of TCP. */
#include "flow-net.h"

static int put(void)
{
	return net_send(net_connect(NET_EVE_IP, FLOW_PORT, SOCK_STREAM, 0), MSG_NOSIGNAL);
}

FLOW("attack: net_tcp; threat: #66; op: send; door: network", .make = make_tcp, .put = put,
     .get = get_stream);
