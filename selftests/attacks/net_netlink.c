// SPDX-License-Identifier: GPL-3.0-or-later
/* A message between two processes by netlink. */
#include "flow-net.h"
#include <linux/netlink.h>

#define PORT 777777

static int make(void)
{
	struct sockaddr_nl at = { .nl_family = AF_NETLINK, .nl_pid = PORT };

	net_fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
	return net_fd < 0 || bind(net_fd, (struct sockaddr *)&at, sizeof(at)) < 0
		       ? broken("netlink")
		       : 0;
}

static int put(void)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_pid = PORT };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);

	return flow_result(sendto(fd, flow.text, flow.len, 0, (struct sockaddr *)&to, sizeof(to)));
}

FLOW("attack: net_netlink; threat: #77; op: send; door: network", .make = make, .put = put,
     .get = get_net);
