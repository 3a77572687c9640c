// SPDX-License-Identifier: GPL-3.0-or-later
/* Not sent: a byte at a time by the ports that are taken. */
#include "flow-net.h"

#define BYTES 16

static int put(void)
{
	for (int i = 0; i < BYTES; i++)
		if (net_serve(NET_EVE_IP, 20000 + 256 * i + (unsigned char)flow.text[i], SOCK_DGRAM,
			      0) < 0)
			return -errno;
	return 0;
}

static int get(void)
{
	char text[BYTES + 1] = "";

	for (int i = 0; i < BYTES; i++)
		for (int c = ' '; c < 127 && !text[i]; c++) {
			struct net_addr a = net_at(NET_EVE_IP, 20000 + 256 * i + c);
			int fd = socket(AF_INET, SOCK_DGRAM, 0);

			if (bind(fd, (struct sockaddr *)&a.at, a.len) < 0)
				text[i] = (char)c;
			close(fd);
		}
	return strncmp(text, "PHI-SECRET:", 11) ? FLOW_NOTHING : works("%s", text);
}

FLOW("attack: net_bind_port; threat: #84; op: send; door: network; expect: open; event: may",
     .put = put, .get = get);
