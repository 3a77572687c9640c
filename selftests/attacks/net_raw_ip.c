// SPDX-License-Identifier: GPL-3.0-or-later
/* A raw socket of IP. */
#include "flow-net.h"

static int make(void)
{
	return make_udp();
}

/* A UDP header without a checksum, and the data. */
static int put(void)
{
	unsigned char packet[256] = {
		0x11, 0x11, FLOW_PORT >> 8, FLOW_PORT & 255, 0, (unsigned char)(8 + flow.len)
	};
	struct net_addr a = net_at(NET_EVE_IP, 0);
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);

	memcpy(packet + 8, flow.text, flow.len);
	return flow_result(
		fd < 0 ? -1 : sendto(fd, packet, 8 + flow.len, 0, (struct sockaddr *)&a.at, a.len));
}

static int get(void)
{
	return flow_take(net_fd);
}

FLOW("attack: net_raw_ip; threat: #74; op: send; door: network; caps: cap_net_raw+ep", .make = make,
     .put = put, .get = get);
