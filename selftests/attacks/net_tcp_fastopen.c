// SPDX-License-Identifier: GPL-3.0-or-later
/* Data in the first packet: nothing is connected. */
#include "flow-net.h"

static int make(void)
{
	int queue = 4;

	if (make_tcp() || setsockopt(net_fd, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue)) < 0)
		return broken("TCP_FASTOPEN");
	return 0;
}

static int put(void)
{
	return net_sendto(socket(AF_INET, SOCK_STREAM, 0), NET_EVE_IP, FLOW_PORT,
			  MSG_FASTOPEN | MSG_NOSIGNAL);
}

FLOW("attack: net_tcp_fastopen; threat: #71; op: send; door: network", .make = make, .put = put,
     .get = get_stream);
