// SPDX-License-Identifier: GPL-3.0-or-later
/* It begins to serve when it has read. */
#include "flow-net.h"

static int put(void)
{
	net_fd = net_serve(NET_EVE_IP, FLOW_PORT, SOCK_STREAM, 0);
	if (net_fd < 0)
		return -errno;
	pid_t pid = fork();
	if (pid == 0) {
		alarm(20);
		_exit(-net_send(accept(net_fd, NULL, NULL), MSG_NOSIGNAL));
	}
	return 0;
}

static int get(void)
{
	int fd = net_connect(NET_EVE_IP, FLOW_PORT, SOCK_STREAM, 0), r;

	r = fd < 0 ? FLOW_NOTHING : flow_take(fd);
	return r == FLOW_NOTHING ? refused_silently("the connection ended") : r;
}

FLOW("attack: net_tcp_listen_after; threat: #79; op: send; door: network; errno: EPERM|NONE",
     .put = put, .get = get);
