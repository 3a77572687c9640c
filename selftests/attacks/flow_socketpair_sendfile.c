// SPDX-License-Identifier: GPL-3.0-or-later
/* The file is sent into a socket of eve's. */
#include "flow-ways.h"

static int put(void)
{
	return flow_sendfile(flow.fd[0]);
}

FLOW("attack: flow_socketpair_sendfile; threat: #68; op: send|read; door: unix|ipc",
     .make = make_socketpair, .put = put, .get = get_way);
