// SPDX-License-Identifier: GPL-3.0-or-later
/* A named pipe. */
#include "flow-ways.h"

static int put(void)
{
	return flow_write_path(own("fifo"), 0);
}

FLOW("attack: flow_fifo; threat: #53; op: read; door: ipc", .make = make_fifo, .put = put,
     .get = get_way);
