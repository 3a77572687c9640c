// SPDX-License-Identifier: GPL-3.0-or-later
/* A datagram to the port of the place, which is one of TCP. */
#include "flow-net.h"

static int make(void)
{
	net_fd = net_serve("127.0.0.1", 11112, SOCK_DGRAM, 0);
	return net_fd < 0 ? broken("udp") : 0;
}

static int put(void)
{
	return net_sendto(socket(AF_INET, SOCK_DGRAM, 0), "127.0.0.1", 11112, 0);
}

FLOW("attack: net_udp_place_port; threat: #69; op: send; door: network", .make = make, .put = put,
     .get = get_net);
