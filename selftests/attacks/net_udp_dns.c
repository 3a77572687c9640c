// SPDX-License-Identifier: GPL-3.0-or-later
/* A question to a name server. */
#include "flow-net.h"

static int make(void)
{
	net_fd = net_serve("127.0.0.53", 5353, SOCK_DGRAM, 0);
	return net_fd < 0 ? broken("udp") : 0;
}

static int put(void)
{
	char query[512] = { 0x12, 0x34, 1, 0, 0, 1 };
	struct net_addr a = net_at("127.0.0.53", 5353);

	query[12] = (char)(flow.len - 1);
	memcpy(query + 13, flow.text, flow.len - 1);
	memcpy(query + 13 + flow.len - 1, "\0\0\1\0\1", 5);
	return flow_result(sendto(socket(AF_INET, SOCK_DGRAM, 0), query, 13 + flow.len + 4, 0,
				  (struct sockaddr *)&a.at, a.len));
}

FLOW("attack: net_udp_dns; threat: #84; op: send; door: network", .make = make, .put = put,
     .get = get_net);
