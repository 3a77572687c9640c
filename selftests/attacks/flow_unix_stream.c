// SPDX-License-Identifier: GPL-3.0-or-later
/* A named socket of eve's. */
#include "flow-ways.h"

static int put(void)
{
	return way_connect(SOCK_STREAM) ?: flow_write(way_out);
}

FLOW("attack: flow_unix_stream; threat: #54; op: send|read; door: unix|ipc",
     .make = make_unix_stream, .put = put, .get = get_accepted);
