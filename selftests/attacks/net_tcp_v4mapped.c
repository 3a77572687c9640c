// SPDX-License-Identifier: GPL-3.0-or-later
/* An IPv4 address, written as one of IPv6. */
#include "flow-net.h"

static int make(void)
{
	net_fd = net_serve("127.0.0.1", FLOW_PORT, SOCK_STREAM, 0);
	return net_fd < 0 ? not_here("no such socket") : 0;
}

static int put(void)
{
	return net_send(net_connect("::ffff:127.0.0.1", FLOW_PORT, SOCK_STREAM, 0), MSG_NOSIGNAL);
}

FLOW("attack: net_tcp_v4mapped; threat: #66; op: send; door: network", .make = make, .put = put,
     .get = get_stream);
