// SPDX-License-Identifier: GPL-3.0-or-later
/* A socket that was connected to the place is connected anew. */
#include "flow-net.h"

static int make(void)
{
	if (net_serve("127.0.0.1", 11112, SOCK_STREAM, 0) < 0)
		return broken("tcp");
	return make_tcp();
}

static int before(void)
{
	net_out = net_connect("127.0.0.1", 11112, SOCK_STREAM, 0);
	return flow_result(net_out);
}

static int put(void)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct net_addr a = net_at(NET_EVE_IP, FLOW_PORT);

	if (connect(net_out, &none, sizeof(none)) < 0 ||
	    connect(net_out, (struct sockaddr *)&a.at, a.len) < 0)
		return -errno;
	return net_send(net_out, MSG_NOSIGNAL);
}

FLOW("attack: net_tcp_reconnect; threat: #66; op: send; door: network", .make = make,
     .before = before, .put = put, .get = get_stream);
