// SPDX-License-Identifier: GPL-3.0-or-later
/* A datagram to a socket of eve's. */
#include "flow-ways.h"

static int put(void)
{
	struct sockaddr_un at = way_at();
	int out = socket(AF_UNIX, SOCK_DGRAM, 0);

	return flow_result(sendto(out, flow.text, flow.len, 0, (struct sockaddr *)&at, sizeof(at)));
}

FLOW("attack: flow_unix_dgram; threat: #54; op: send|read; door: unix|ipc", .make = make_unix_dgram,
     .put = put, .get = get_way);
