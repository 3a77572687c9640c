// SPDX-License-Identifier: GPL-3.0-or-later
/* A frame, past the protocols. */
#include "packet.h"

static int put(void)
{
	return packet_send(socket(AF_PACKET, SOCK_RAW, 0));
}

FLOW("attack: net_packet; threat: #75; op: send; door: network; caps: cap_net_raw+ep",
     .make = make_udp, .put = put, .get = get_net);
