// SPDX-License-Identifier: GPL-3.0-or-later
/* The file goes by a pipe, past the program's memory. */
#include "flow-net.h"

static int put(void)
{
	return flow_splice(net_out);
}

FLOW("attack: net_tcp_splice; threat: #68; op: send; door: network", .make = make_tcp,
     .before = before_tcp, .put = put, .get = get_stream);
