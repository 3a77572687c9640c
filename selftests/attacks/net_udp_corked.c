// SPDX-License-Identifier: GPL-3.0-or-later
/* A datagram that is put together from several calls. */
#include "flow-net.h"

static int put(void)
{
	if (send(net_out, flow.text, 20, MSG_MORE) < 0)
		return -errno;
	return flow_result(send(net_out, flow.text + 20, flow.len - 20, 0));
}

FLOW("attack: net_udp_corked; threat: #69; op: send; door: network", .make = make_udp,
     .before = before_udp, .put = put, .get = get_net);
