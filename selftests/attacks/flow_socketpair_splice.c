// SPDX-License-Identifier: GPL-3.0-or-later
/* The file goes by a pipe into a socket of eve's, past the program's memory. */
#include "flow-ways.h"

static int put(void)
{
	int between[2], r = flow_result(pipe(between));
	loff_t from = 0;

	r = r ?: flow_result(splice(flow.secret, &from, between[1], NULL, flow.len, 0));
	return r ?: flow_result(splice(between[0], NULL, flow.fd[0], NULL, flow.len, 0));
}

FLOW("attack: flow_socketpair_splice; threat: #68; op: send|read; door: unix|ipc",
     .make = make_socketpair, .put = put, .get = get_way);
