// SPDX-License-Identifier: GPL-3.0-or-later
/* A socket of the approved program's: eve connects before it reads, and waits. */
#include "flow-ways.h"

static int put(void)
{
	return flow_write(accept(way_ends[0], NULL, NULL));
}

FLOW("attack: flow_unix_listen; threat: #54; op: send|read; door: unix|ipc",
     .before = make_unix_stream, .meet = meet_unix_stream, .put = put, .get = get_way);
