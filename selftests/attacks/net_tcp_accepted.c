// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, accepted before the secret was read. */
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
	int to = accept(net_fd, NULL, NULL);

	return flow_read() ?: net_send(to, MSG_NOSIGNAL);
}

FLOW("attack: net_tcp_accepted; threat: #79; op: send; door: network", .before = serve,
     .meet = meet, .put = put, .get = get_net, .reads_itself = true);
