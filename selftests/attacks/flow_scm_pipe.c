// SPDX-License-Identifier: GPL-3.0-or-later
/* A pipe that is full of it, passed by a socket. */
#include "flow-ways.h"

static int put(void)
{
	int full[2], r = flow_result(pipe(full));

	r = r ?: flow_write(full[1]);
	return r ?: way_give_rights(flow.fd[0], full[0]);
}

static int get(void)
{
	return way_take_rights(flow_take);
}

FLOW("attack: flow_scm_pipe; threat: #38; op: send|read; door: *; errno: EPERM|NONE",
     .make = make_socketpair, .put = put, .get = get);
