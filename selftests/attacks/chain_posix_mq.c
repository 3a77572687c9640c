// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * To an unapproved program of the same person: by a POSIX queue that both had open before it was
 * read.
 */
#include "flow-net.h"
#include <mqueue.h>

static int ways(void)
{
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = 4096 };

	flow.way[0] = mq_open("/chain_posix_mq", O_RDWR | O_CREAT, 0600, &attr);
	mq_unlink("/chain_posix_mq");
	return fcntl(flow.way[0], F_SETFD, 0) < 0;
}

static int put(void)
{
	return flow_result(mq_send(flow.way[0], flow.text, flow.len, 0));
}

static int relay(void)
{
	return flow_relayed(mq_receive(flow.way[0], flow.text, sizeof(flow.text), NULL))
		       ?: relay_out();
}

FLOW("attack: chain_posix_mq; threat: #56; op: send; door: network", .make = make_udp, .ways = ways,
     .put = put, .relay = relay, .get = get_net);
