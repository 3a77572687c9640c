// SPDX-License-Identifier: GPL-3.0-or-later
/* A socket of eve's without a file. */
#include "flow-ways.h"

static const struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "\0phiward-flow" };

static int make(void)
{
	way_ends[0] = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(way_ends[0], (struct sockaddr *)&at, sizeof(at)) < 0 || listen(way_ends[0], 1) < 0)
		return broken("bind");
	return 0;
}

static int put(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return flow_result(connect(fd, (struct sockaddr *)&at, sizeof(at))) ?: flow_write(fd);
}

FLOW("attack: flow_unix_abstract; threat: #54; op: send|read; door: unix|ipc", .make = make,
     .put = put, .get = get_accepted);
