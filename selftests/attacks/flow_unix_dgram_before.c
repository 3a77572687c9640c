// SPDX-License-Identifier: GPL-3.0-or-later
/* A datagram socket of eve's, connected before the secret was read. */
#include "flow-ways.h"

static int before(void)
{
	return way_connect(SOCK_DGRAM);
}

FLOW("attack: flow_unix_dgram_before; threat: #54; op: send|read; door: unix|ipc",
     .make = make_unix_dgram, .before = before, .put = put_way_out, .get = get_way);
