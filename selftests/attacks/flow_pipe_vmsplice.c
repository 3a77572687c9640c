// SPDX-License-Identifier: GPL-3.0-or-later
/* The pages themselves are put into a pipe of eve's. */
#include "flow-ways.h"

static int put(void)
{
	struct iovec iov = { flow.text, flow.len };

	return flow_result(vmsplice(flow.fd[0], &iov, 1, 0));
}

FLOW("attack: flow_pipe_vmsplice; threat: #64; op: read; door: ipc", .make = make_pipe, .put = put,
     .get = get_way);
