// SPDX-License-Identifier: GPL-3.0-or-later
/* The file is sent into a pipe of eve's. */
#include "flow-ways.h"

static int put(void)
{
	return flow_sendfile(flow.fd[0]);
}

FLOW("attack: flow_pipe_sendfile; threat: #64; op: read; door: ipc", .make = make_pipe, .put = put,
     .get = get_way);
