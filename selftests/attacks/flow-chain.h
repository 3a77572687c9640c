/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For chains: from the approved program to an unapproved one of the same person, the relay,
 * which goes on with it. The two share flow.way: it is read from [0] and written to [1].
 */
#ifndef PHIWARD_ATTACK_FLOW_CHAIN_H
#define PHIWARD_ATTACK_FLOW_CHAIN_H

#include "flow-net.h"
#include "flow-ways.h"

AT_UNUSED static int ways_pipe(void)
{
	return pipe(flow.way);
}

AT_UNUSED static int ways_stream(void)
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, flow.way);
}

AT_UNUSED static int ways_dgram(void)
{
	return socketpair(AF_UNIX, SOCK_DGRAM, 0, flow.way);
}

AT_UNUSED static int ways_pty(void)
{
	if (make_pty())
		return -1;
	flow.way[0] = way_ends[0];
	flow.way[1] = way_ends[1];
	return 0;
}

AT_UNUSED static int put_chain(void)
{
	return flow_write(flow.way[1]);
}

AT_UNUSED static int relay_read_out(void)
{
	return flow_relay_read(flow.way[0]) ?: relay_out();
}

/* relay: by a read that waits for the data. */
AT_UNUSED static int relay_waiting_out(void)
{
	return flow_relayed(read(flow.way[0], flow.text, sizeof(flow.text))) ?: relay_out();
}

#endif /* PHIWARD_ATTACK_FLOW_CHAIN_H */
