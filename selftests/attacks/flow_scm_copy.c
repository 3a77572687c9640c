// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy without a name, passed by a socket. */
#include "flow-ways.h"

static int put(void)
{
	int copy = memfd_create("copy", 0), r = flow_write(copy);

	return r ?: way_give_rights(flow.fd[0], copy);
}

static int get(void)
{
	return way_take_rights(flow_take_fd);
}

FLOW("attack: flow_scm_copy; threat: #38; op: send|read; door: *; errno: EPERM|NONE",
     .make = make_socketpair, .put = put, .get = get);
