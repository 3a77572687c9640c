// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: written into its memory. */
#include "flow-net.h"

static int put(void)
{
	struct iovec from = { flow.text, flow.len }, to = { flow.relay_text, flow.len };

	return flow_result(process_vm_writev(flow.relay, &from, 1, &to, 1, 0));
}

static int relay(void)
{
	return flow_relayed((ssize_t)strlen(flow.text)) ?: relay_out();
}

FLOW("attack: chain_vm_writev; threat: #44; op: send; door: network", .make = make_udp, .put = put,
     .relay = relay, .get = get_net, .relay_first = true);
