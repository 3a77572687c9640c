// SPDX-License-Identifier: GPL-3.0-or-later
/* No attack: the place, connected before the secret was read; by sendfile. */
#include "flow-net.h"

static int make(void)
{
	net_fd = net_serve("127.0.0.1", 11112, SOCK_STREAM, 0);
	return net_fd < 0 ? broken("tcp") : 0;
}

static int before(void)
{
	net_out = net_connect("127.0.0.1", 11112, SOCK_STREAM, 0);
	return flow_result(net_out);
}

static int put(void)
{
	return flow_sendfile(net_out);
}

FLOW("attack: net_to_place_before; threat: #68; op: send; door: network; expect: allowed; rule: to-pacs",
     .make = make, .before = before, .put = put, .get = get_stream);
