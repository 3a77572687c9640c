// SPDX-License-Identifier: GPL-3.0-or-later
/* The approved program serves: eve has connected, it accepts and answers. */
#include "flow-net.h"

static int serve(void)
{
	net_fd = net_serve(NET_EVE_IP, FLOW_PORT, SOCK_STREAM, 0);
	return flow_result(net_fd);
}

static int meet(void)
{
	net_fd = net_connect(NET_EVE_IP, FLOW_PORT, SOCK_STREAM, 0);
	return net_fd < 0 ? broken("connect") : 0;
}

static int put(void)
{
	return net_send(accept(net_fd, NULL, NULL), MSG_NOSIGNAL);
}

FLOW("attack: net_tcp_listen; threat: #79; op: send; door: network", .before = serve, .meet = meet,
     .put = put, .get = get_net);
