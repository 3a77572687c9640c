// SPDX-License-Identifier: GPL-3.0-or-later
/* Sent without a copy. */
#include "flow-net.h"

static int put(void)
{
	int on = 1;

	if (setsockopt(net_out, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)) < 0)
		return -errno;
	return net_send(net_out, MSG_ZEROCOPY | MSG_NOSIGNAL);
}

FLOW("attack: net_tcp_zerocopy; threat: #69; op: send; door: network", .make = make_tcp,
     .before = before_tcp, .put = put, .get = get_stream);
