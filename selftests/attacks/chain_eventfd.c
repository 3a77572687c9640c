// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: eight bytes at a time by event counters. */
#include "flow-net.h"
#include <sys/eventfd.h>

static int ways(void)
{
	flow.way[0] = eventfd(0, EFD_NONBLOCK);
	flow.way[1] = eventfd(0, EFD_NONBLOCK);
	return flow.way[1] < 0;
}

static int put(void)
{
	uint64_t word[2];

	memcpy(word, flow.text, sizeof(word));
	for (int i = 0; i < 2; i++)
		if (write(flow.way[i], &word[i], sizeof(word[i])) < 0)
			return -errno;
	return 0;
}

static int relay(void)
{
	uint64_t word[2];

	for (int i = 0; i < 2; i++)
		if (read(flow.way[i], &word[i], sizeof(word[i])) < 0)
			return flow_relayed(-1);
	memcpy(flow.text, word, sizeof(word));
	return flow_relayed(sizeof(word)) ?: relay_out();
}

static int get(void)
{
	char text[64] = "";
	struct pollfd p = { net_fd, POLLIN, 0 };

	if (poll(&p, 1, flow.status ? 0 : 1000) != 1 || read(net_fd, text, sizeof(text) - 1) < 0)
		return FLOW_NOTHING;
	return works("%s", text);
}

FLOW("attack: chain_eventfd; threat: #53; op: send; door: network; expect: open; event: may",
     .make = make_udp, .ways = ways, .put = put, .relay = relay, .get = get);
