// SPDX-License-Identifier: GPL-3.0-or-later
/* A pipe, from which eve is splicing into her own when the data comes. */
#include "flow-wait.h"

static ssize_t take(char *text, size_t size)
{
	int mine[2];

	if (pipe(mine) < 0 || splice(way_ends[0], NULL, mine[1], NULL, size, 0) < 0)
		return -1;
	return read(mine[0], text, size);
}

static int meet(void)
{
	return wait_in(take, SYS_splice);
}

FLOW("attack: flow_pipe_splice_waiting; threat: #64; op: *; door: *; errno: EPERM|NONE",
     .make = make_pipe, .meet = meet, .put = flow_put_given, .get = get_waited);
