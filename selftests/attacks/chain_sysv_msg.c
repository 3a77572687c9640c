// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a message queue of System V. */
#include "flow-net.h"
#include "flow-sysv.h"

static int relay(void)
{
	ssize_t len = letter_take(flow.way[0], IPC_NOWAIT, flow.text);

	if (len < 0)
		return flow_relayed(-1);
	msgctl(flow.way[0], IPC_RMID, NULL);
	return flow_relayed(len) ?: relay_out();
}

FLOW("attack: chain_sysv_msg; threat: #55; op: send; door: network", .make = make_udp,
     .ways = ways_msg, .put = put_msg_way, .relay = relay, .get = get_net);
