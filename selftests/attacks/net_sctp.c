// SPDX-License-Identifier: GPL-3.0-or-later
/* SCTP. */
#include "flow-net.h"

static int make(void)
{
	net_fd = net_serve("127.0.0.1", FLOW_PORT, SOCK_STREAM, IPPROTO_SCTP);
	return net_fd < 0 ? not_here("no such socket") : 0;
}

static int put(void)
{
	return net_send(net_connect("127.0.0.1", FLOW_PORT, SOCK_STREAM, IPPROTO_SCTP),
			MSG_NOSIGNAL);
}

FLOW("attack: net_sctp; threat: #73; op: send; door: network", .make = make, .put = put,
     .get = get_stream);
