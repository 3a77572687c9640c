// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, accepted before it reads. */
#include "flow-ways.h"

static int put(void)
{
	int to = accept(way_ends[0], NULL, NULL);

	return flow_read() ?: flow_write(to);
}

FLOW("attack: flow_unix_accepted; threat: #54; op: send|read; door: unix|ipc",
     .before = make_unix_stream, .meet = meet_unix_stream, .put = put, .get = get_way,
     .reads_itself = true);
