// SPDX-License-Identifier: GPL-3.0-or-later
/* The file is spliced into a pipe of eve's, past the program's memory. */
#include "flow-ways.h"

static int put(void)
{
	loff_t from = 0;

	return flow_result(splice(flow.secret, &from, flow.fd[0], NULL, flow.len, 0));
}

FLOW("attack: flow_pipe_splice_file; threat: #64; op: read; door: ipc", .make = make_pipe,
     .put = put, .get = get_way);
