// SPDX-License-Identifier: GPL-3.0-or-later
/* The file goes by a pipe into a socket of eve's, past the program's memory. */
#include "flow-ways.h"

static int put(void)
{
	return flow_splice(flow.fd[0]);
}

FLOW("attack: flow_socketpair_splice; threat: #68; op: send|read; door: unix|ipc",
     .make = make_socketpair, .put = put, .get = get_way);
