// SPDX-License-Identifier: GPL-3.0-or-later
/* Urgent data, a byte at a time. */
#include "flow-net.h"

static int put(void)
{
	for (size_t i = 0; i < flow.len; i++)
		if (send(net_out, flow.text + i, 1,
			 (i + 1 == flow.len ? MSG_OOB : 0) | MSG_NOSIGNAL) < 0)
			return -errno;
	return 0;
}

static int get(void)
{
	int fd = -1;
	struct pollfd p = { net_fd, POLLIN, 0 };
	char text[256] = "";

	if (poll(&p, 1, flow.status ? 0 : 1000) != 1 || (fd = accept(net_fd, NULL, NULL)) < 0)
		return FLOW_NOTHING;
	for (size_t len = 0; len < sizeof(text) - 1;) {
		ssize_t got = recv(fd, text + len, sizeof(text) - 1 - len, MSG_DONTWAIT);

		if (got <= 0)
			break;
		len += (size_t)got;
	}
	return flow_take_memory(text, sizeof(text));
}

FLOW("attack: net_tcp_oob; threat: #67; op: send; door: network", .make = make_tcp,
     .before = before_tcp, .put = put, .get = get);
