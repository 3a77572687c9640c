// SPDX-License-Identifier: GPL-3.0-or-later
/* A thread that was there before another read sends. */
#include "flow-ways.h"
#include "flow-thread.h"

static int before(void)
{
	return thread_waits(flow_put_given);
}

FLOW("attack: flow_thread_before; threat: #57; op: read; door: ipc", .make = make_pipe,
     .put = put_by_thread, .get = get_way, .reads_itself = true, .before = before);
