// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, accepted before the secret was read. */
#include "flow-net.h"

static int put(void)
{
	int to = accept(net_fd, NULL, NULL);

	return flow_read() ?: net_send(to, MSG_NOSIGNAL);
}

FLOW("attack: net_tcp_accepted; threat: #79; op: send; door: network", .before = before_serve,
     .meet = meet_served, .put = put, .get = get_net, .reads_itself = true);
