// SPDX-License-Identifier: GPL-3.0-or-later
/* UDP-Lite. */
#include "flow-net.h"

static int make(void)
{
	net_fd = net_serve(NET_EVE_IP, FLOW_PORT, SOCK_DGRAM, IPPROTO_UDPLITE);
	return net_fd < 0 ? not_here("no UDP-Lite") : 0;
}

static int put(void)
{
	return net_sendto(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE), NET_EVE_IP, FLOW_PORT, 0);
}

FLOW("attack: net_udplite; threat: #69; op: send; door: network", .make = make, .put = put,
     .get = get_net);
