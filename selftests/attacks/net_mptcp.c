// SPDX-License-Identifier: GPL-3.0-or-later
/* TCP by several paths, another protocol number. */
#include "flow-net.h"

static int make(void)
{
	net_fd = net_serve("127.0.0.1", FLOW_PORT, SOCK_STREAM, IPPROTO_MPTCP);
	return net_fd < 0 ? not_here("no such socket") : 0;
}

static int put(void)
{
	return net_send(net_connect("127.0.0.1", FLOW_PORT, SOCK_STREAM, IPPROTO_MPTCP),
			MSG_NOSIGNAL);
}

FLOW("attack: net_mptcp; threat: #72; op: send; door: network", .make = make, .put = put,
     .get = get_stream);
