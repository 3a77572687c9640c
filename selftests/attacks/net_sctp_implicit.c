// SPDX-License-Identifier: GPL-3.0-or-later
/* SCTP, associated by the first message. */
#include "flow-net.h"

static int make(void)
{
	struct net_addr a = net_at(NET_EVE_IP, FLOW_PORT);

	net_fd = socket(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP);
	if (net_fd < 0)
		return not_here("no SCTP");
	return bind(net_fd, (struct sockaddr *)&a.at, a.len) < 0 || listen(net_fd, 4) < 0
		       ? broken("sctp")
		       : 0;
}

static int put(void)
{
	return net_sendto(socket(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP), NET_EVE_IP, FLOW_PORT,
			  MSG_NOSIGNAL);
}

static int get(void)
{
	return flow_take(net_fd);
}

FLOW("attack: net_sctp_implicit; threat: #73; op: send; door: network", .make = make, .put = put,
     .get = get);
