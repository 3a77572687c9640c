// SPDX-License-Identifier: GPL-3.0-or-later
/* One thread reads, another sends on a connection from before. */
#include "flow-net.h"
#include "flow-thread.h"

static int before(void)
{
	return thread_waits(put_net_out) ?: before_tcp();
}

FLOW("attack: net_thread; threat: #57; op: send; door: network", .make = make_tcp, .before = before,
     .put = put_by_thread, .get = get_stream, .reads_itself = true);
