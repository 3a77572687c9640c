// SPDX-License-Identifier: GPL-3.0-or-later
/* A named socket of eve's, connected before the secret was read. */
#include "flow-ways.h"

static int before(void)
{
	return way_connect(SOCK_STREAM);
}

FLOW("attack: flow_unix_stream_before; threat: #54; op: send|read; door: unix|ipc",
     .make = make_unix_stream, .before = before, .put = put_way_out, .get = get_accepted);
