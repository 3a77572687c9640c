// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy without a name, passed by a socket. */
#include "flow-ways.h"

static int put(void)
{
	int copy = memfd_create("copy", 0), to = flow.fd[0], r = flow_write(copy);

	flow.fd[0] = copy;
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
	return flow.n_fd ? flow_take_fd(flow.fd[0]) : refused_silently("no descriptor came");
}

FLOW("attack: flow_scm_copy; threat: #38; op: send|read; door: *; errno: EPERM|NONE",
     .make = make_socketpair, .put = put, .get = get);
