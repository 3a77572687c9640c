// SPDX-License-Identifier: GPL-3.0-or-later
/* The file goes by a pipe, past the program's memory. */
#include "flow-net.h"

static int put(void)
{
	int between[2], r = flow_result(pipe(between));
	loff_t from = 0;

	r = r ?: flow_result(splice(flow.secret, &from, between[1], NULL, flow.len, 0));
	return r ?: flow_result(splice(between[0], NULL, net_out, NULL, flow.len, 0));
}

FLOW("attack: net_tcp_splice; threat: #68; op: send; door: network", .make = make_tcp,
     .before = before_tcp, .put = put, .get = get_stream);
