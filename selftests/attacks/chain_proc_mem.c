// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: written into its memory by /proc/PID/mem. */
#include "flow-net.h"

static int put(void)
{
	int mem = open(at_join("/proc", "%d/mem", flow.relay), O_WRONLY);

	return flow_result(mem < 0 ? -1 : pwrite(mem, flow.text, flow.len, (off_t)flow.relay_text));
}

static int relay(void)
{
	return flow_relayed((ssize_t)strlen(flow.text)) ?: relay_out();
}

FLOW("attack: chain_proc_mem; threat: #44; op: send; door: network", .make = make_udp, .put = put,
     .relay = relay, .get = get_net, .relay_first = true);
