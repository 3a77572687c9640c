// SPDX-License-Identifier: GPL-3.0-or-later
/* The port of the place by a protocol that is not the one that is allowed. */
#include "flow-net.h"

static int make(void)
{
	net_fd = net_serve("127.0.0.1", 11112, SOCK_STREAM, IPPROTO_MPTCP);
	return net_fd < 0 ? not_here("no such socket") : 0;
}

static int put(void)
{
	return net_send(net_connect("127.0.0.1", 11112, SOCK_STREAM, IPPROTO_MPTCP), MSG_NOSIGNAL);
}

FLOW("attack: net_mptcp_place; threat: #72; op: send; door: network; expect: open; event: may",
     .make = make, .put = put, .get = get_stream);
