// SPDX-License-Identifier: GPL-3.0-or-later
/* A pipe of eve's, opened anew by /proc/self/fd. */
#include "flow-ways.h"

static int make(void)
{
	return make_pipe() ?: fchmod(way_ends[1], 0666) < 0 ? broken("fchmod") : 0;
}

static int put(void)
{
	return flow_write_path(at_join("/proc/self/fd", "%d", flow.fd[0]), 0);
}

FLOW("attack: flow_pipe_proc; threat: #53; op: read; door: ipc", .make = make, .put = put,
     .get = get_way);
