// SPDX-License-Identifier: GPL-3.0-or-later
/* What a pipe holds is copied into a pipe of eve's. */
#include "flow-ways.h"

static int put(void)
{
	int between[2], r = flow_result(pipe(between));

	r = r ?: flow_write(between[1]);
	return r ?: flow_result(tee(between[0], flow.fd[0], flow.len, 0));
}

FLOW("attack: flow_pipe_tee; threat: #64; op: read; door: ipc", .make = make_pipe, .put = put,
     .get = get_way);
