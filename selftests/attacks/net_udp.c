// SPDX-License-Identifier: GPL-3.0-or-later
/* A datagram. */
#include "flow-net.h"

static int put(void)
{
	return net_sendto(socket(AF_INET, SOCK_DGRAM, 0), NET_EVE_IP, FLOW_PORT, 0);
}

FLOW("attack: net_udp; threat: #69; op: send; door: network", .make = make_udp, .put = put,
     .get = get_net);
