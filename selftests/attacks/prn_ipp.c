// SPDX-License-Identifier: GPL-3.0-or-later
/* The print service's port. */
#include "flow-net.h"

static int make(void)
{
	net_fd = net_serve("127.0.0.1", 631, SOCK_STREAM, 0);
	return net_fd < 0 ? broken("tcp") : 0;
}

static int put(void)
{
	return net_send(net_connect("127.0.0.1", 631, SOCK_STREAM, 0), MSG_NOSIGNAL);
}

FLOW("attack: prn_ipp; threat: #86; user: root-as-eve; op: send; door: printer", .make = make,
     .put = put, .get = get_stream);
