// SPDX-License-Identifier: GPL-3.0-or-later
/* A pipe that is full of it, passed by a socket. */
#include "flow-ways.h"

static int put(void)
{
	int full[2], to = flow.fd[0], r = flow_result(pipe(full));

	r = r ?: flow_write(full[1]);
	flow.fd[0] = full[0];
	flow.n_fd = 1;
	return r ?: flow_result(flow_send_rights(to));
}

static int get(void)
{
	struct pollfd p = { way_ends[0], POLLIN, 0 };

	if (poll(&p, 1, flow.status ? 0 : 1000) != 1)
		return FLOW_NOTHING;
	if (flow_receive_rights(way_ends[0]) < 0)
		return refused("recvmsg");
	return flow.n_fd ? flow_take(flow.fd[0]) : refused_silently("no descriptor came");
}

FLOW("attack: flow_scm_pipe; threat: #38; op: send|read; door: *; errno: EPERM|NONE",
     .make = make_socketpair, .put = put, .get = get);
