// SPDX-License-Identifier: GPL-3.0-or-later
/* Several datagrams in one call. */
#include "flow-ways.h"

static int put(void)
{
	struct sockaddr_un at = way_at();
	struct iovec iov = { flow.text, flow.len };
	struct mmsghdr msg[2] = { 0 };

	for (int i = 0; i < 2; i++)
		msg[i].msg_hdr = (struct msghdr){
			.msg_name = &at, .msg_namelen = sizeof(at), .msg_iov = &iov, .msg_iovlen = 1
		};
	return flow_result(sendmmsg(socket(AF_UNIX, SOCK_DGRAM, 0), msg, 2, 0));
}

FLOW("attack: flow_unix_sendmmsg; threat: #70; op: send|read; door: unix|ipc",
     .make = make_unix_dgram, .put = put, .get = get_way);
