// SPDX-License-Identifier: GPL-3.0-or-later
/* A connection of eve's to eve, given by a socket before the secret was read. */
#include "flow-net.h"

static int make(void)
{
	return make_tcp() ?: flow_give(net_connect(NET_EVE_IP, FLOW_PORT, SOCK_STREAM, 0));
}

FLOW("attack: net_tcp_given; threat: #82; op: send; door: network", .make = make,
     .put = flow_put_given, .get = get_stream);
