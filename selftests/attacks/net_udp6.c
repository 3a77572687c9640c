// SPDX-License-Identifier: GPL-3.0-or-later
/* A datagram of IPv6. */
#include "flow-net.h"

static int make(void)
{
	net_fd = net_serve("::1", FLOW_PORT, SOCK_DGRAM, 0);
	return net_fd < 0 ? broken("udp") : 0;
}

static int put(void)
{
	return net_sendto(socket(AF_INET6, SOCK_DGRAM, 0), "::1", FLOW_PORT, 0);
}

FLOW("attack: net_udp6; threat: #69; op: send; door: network", .make = make, .put = put,
     .get = get_net);
