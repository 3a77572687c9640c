// SPDX-License-Identifier: GPL-3.0-or-later
/* A named pipe, from which eve is reading when the data comes. */
#include "flow-wait.h"

static int make(void)
{
	if (make_fifo())
		return AT_BROKEN;
	return fcntl(way_ends[0], F_SETFL, 0) < 0 ? broken("fcntl") : 0;
}

static int put(void)
{
	return flow_write_path(own("fifo"), 0);
}

FLOW("attack: flow_fifo_waiting; threat: #53; op: *; door: *; errno: EPERM|NONE", .make = make,
     .meet = meet_read, .put = put, .get = get_waited);
