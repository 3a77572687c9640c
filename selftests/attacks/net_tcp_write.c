// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, written to as to a file. */
#include "flow-net.h"

static int put(void)
{
	return flow_write(net_out);
}

FLOW("attack: net_tcp_write; threat: #67; op: send; door: network", .make = make_tcp,
     .before = before_tcp, .put = put, .get = get_stream);
