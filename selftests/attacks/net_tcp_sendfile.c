// SPDX-License-Identifier: GPL-3.0-or-later
/* The file is sent, past the program's memory: 6.1 asks no socket hook. */
#include "flow-net.h"

static int put(void)
{
	return flow_sendfile(net_out);
}

FLOW("attack: net_tcp_sendfile; threat: #68; op: send; door: network", .make = make_tcp,
     .before = before_tcp, .put = put, .get = get_stream);
