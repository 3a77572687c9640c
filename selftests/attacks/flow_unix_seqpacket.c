// SPDX-License-Identifier: GPL-3.0-or-later
/* A named socket of packets. */
#include "flow-ways.h"

static int make(void)
{
	return way_bind(SOCK_SEQPACKET) ? broken("bind") : 0;
}

static int put(void)
{
	return way_connect(SOCK_SEQPACKET) ?: flow_write(way_out);
}

FLOW("attack: flow_unix_seqpacket; threat: #54; op: send|read; door: unix|ipc", .make = make,
     .put = put, .get = get_accepted);
