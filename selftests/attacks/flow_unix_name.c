// SPDX-License-Identifier: GPL-3.0-or-later
/* Not in the message: the name that the sender gives its own socket. */
#include "flow-ways.h"

static int put(void)
{
	struct sockaddr_un at = way_at(), from = { .sun_family = AF_UNIX };
	int out = socket(AF_UNIX, SOCK_DGRAM, 0);

	memcpy(from.sun_path + 1, flow.text, 60);
	if (bind(out, (struct sockaddr *)&from, sizeof(sa_family_t) + 61) < 0)
		return -errno;
	return flow_result(sendto(out, "", 0, 0, (struct sockaddr *)&at, sizeof(at)));
}

static int get(void)
{
	struct sockaddr_un from = { 0 };
	socklen_t len = sizeof(from);
	struct pollfd p = { way_ends[0], POLLIN, 0 };
	char byte;

	if (poll(&p, 1, flow.status ? 0 : 1000) != 1)
		return FLOW_NOTHING;
	if (recvfrom(way_ends[0], &byte, 1, 0, (struct sockaddr *)&from, &len) < 0)
		return refused("recvfrom");
	return memmem(&from, sizeof(from), "PHI-SECRET:", 11) ? works("%.50s", from.sun_path + 1)
							      : FLOW_NOTHING;
}

FLOW("attack: flow_unix_name; threat: #54; op: *; door: *; expect: open; event: may",
     .make = make_unix_dgram, .put = put, .get = get);
