// SPDX-License-Identifier: GPL-3.0-or-later
/* The approved program serves: eve has connected, it accepts and answers. */
#include "flow-net.h"

static int put(void)
{
	return net_send(accept(net_fd, NULL, NULL), MSG_NOSIGNAL);
}

FLOW("attack: net_tcp_listen; threat: #79; op: send; door: network", .before = before_serve,
     .meet = meet_served, .put = put, .get = get_net);
