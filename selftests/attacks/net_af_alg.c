// SPDX-License-Identifier: GPL-3.0-or-later
/* A socket of the kernel's ciphers, whose other descriptor is eve's: it comes out as it went in. */
#include "flow-net.h"
#include <linux/if_alg.h>

static int make(void)
{
	struct sockaddr_alg at = { .salg_family = AF_ALG,
				   .salg_type = "skcipher",
				   .salg_name = "ecb(cipher_null)" };
	int fd = socket(AF_ALG, SOCK_SEQPACKET, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		return not_here("no such cipher");
	setsockopt(fd, SOL_ALG, ALG_SET_KEY, "", 0);
	net_fd = accept(fd, NULL, NULL);
	return flow_give(net_fd);
}

static int put(void)
{
	return net_send(flow.fd[0], 0);
}

static int get(void)
{
	char text[64] = "";

	if (flow.status)
		return FLOW_NOTHING;
	return recv(net_fd, text, sizeof(text) - 1, MSG_DONTWAIT) < 0 && errno != EAGAIN
		       ? refused("recv")
		       : flow_take_memory(text, sizeof(text));
}

FLOW("attack: net_af_alg; threat: #78; op: send; door: network; errno: EPERM|NONE", .make = make,
     .put = put, .get = get);
