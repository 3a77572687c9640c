// SPDX-License-Identifier: GPL-3.0-or-later
/* A mapping that eve makes when the data is there. */
#include "flow-ways.h"

static int get(void)
{
	return way_map_fd(way_ends[0]) ? refused("mmap") : get_map();
}

FLOW("attack: flow_memfd_new; threat: #58; op: read; door: ipc", .make = make_memfd,
     .put = flow_put_given, .get = get);
