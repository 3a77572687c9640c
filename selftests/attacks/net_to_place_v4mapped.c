// SPDX-License-Identifier: GPL-3.0-or-later
/* No attack: the same, the address written as one of IPv6. */
#include "flow-net.h"

static int make(void)
{
	net_fd = net_serve("127.0.0.1", 11112, SOCK_STREAM, 0);
	return net_fd < 0 ? not_here("no such socket") : 0;
}

static int put(void)
{
	return net_send(net_connect("::ffff:127.0.0.1", 11112, SOCK_STREAM, 0), MSG_NOSIGNAL);
}

FLOW("attack: net_to_place_v4mapped; threat: #66; op: send; door: network; expect: allowed; rule: to-pacs",
     .make = make, .put = put, .get = get_stream);
