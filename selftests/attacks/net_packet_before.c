// SPDX-License-Identifier: GPL-3.0-or-later
/* A frame by a socket from before the secret was read. */
#include "packet.h"

static int before(void)
{
	net_out = socket(AF_PACKET, SOCK_RAW, 0);
	return flow_result(net_out);
}

static int put(void)
{
	return packet_send(net_out);
}

FLOW("attack: net_packet_before; threat: #75; op: send; door: network; caps: cap_net_raw+ep",
     .make = make_udp, .before = before, .put = put, .get = get_net);
