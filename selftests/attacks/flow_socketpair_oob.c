// SPDX-License-Identifier: GPL-3.0-or-later
/* The last byte of it out of band. */
#include "flow-ways.h"

static int put(void)
{
	return flow_result(send(flow.fd[0], flow.text, flow.len, MSG_OOB | MSG_NOSIGNAL));
}

FLOW("attack: flow_socketpair_oob; threat: #54; op: send|read; door: unix|ipc",
     .make = make_socketpair, .put = put, .get = get_way);
