// SPDX-License-Identifier: GPL-3.0-or-later
/* The file goes by a pipe into a datagram. */
#include "flow-net.h"

static int put(void)
{
	return flow_splice(net_out);
}

FLOW("attack: net_udp_splice; threat: #68; op: send; door: network", .make = make_udp,
     .before = before_udp, .put = put, .get = get_net);
