// SPDX-License-Identifier: GPL-3.0-or-later
/* A socket of the approved program's: eve connects before it reads, and waits. */
#include "flow-ways.h"

static int meet(void)
{
	if (way_connect(SOCK_STREAM))
		return broken("connect");
	way_ends[0] = way_out;
	return 0;
}

static int put(void)
{
	return flow_write(accept(way_ends[0], NULL, NULL));
}

FLOW("attack: flow_unix_listen; threat: #54; op: send|read; door: unix|ipc",
     .before = make_unix_stream, .meet = meet, .put = put, .get = get_way);
