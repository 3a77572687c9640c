// SPDX-License-Identifier: GPL-3.0-or-later
/* A named pipe that was opened before the secret was read. */
#include "flow-ways.h"

static int before(void)
{
	way_out = open(own("fifo"), O_WRONLY);
	return flow_result(way_out);
}

FLOW("attack: flow_fifo_before; threat: #53; op: read; door: ipc", .make = make_fifo,
     .before = before, .put = put_way_out, .get = get_way);
