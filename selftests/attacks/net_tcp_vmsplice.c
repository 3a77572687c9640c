// SPDX-License-Identifier: GPL-3.0-or-later
/* Pages that are given to a pipe, and spliced on. */
#include "flow-net.h"

static int put(void)
{
	int between[2], r = flow_result(pipe(between));
	struct iovec iov = { flow.text, flow.len };

	r = r ?: flow_result(vmsplice(between[1], &iov, 1, 0));
	return r ?: flow_result(splice(between[0], NULL, net_out, NULL, flow.len, 0));
}

FLOW("attack: net_tcp_vmsplice; threat: #68; op: send; door: network", .make = make_tcp,
     .before = before_tcp, .put = put, .get = get_stream);
