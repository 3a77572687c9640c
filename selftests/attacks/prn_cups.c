// SPDX-License-Identifier: GPL-3.0-or-later
/* The print service's socket. */
#include "flow-ways.h"

static const struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "/run/cups/cups.sock" };

static int make(void)
{
	mkdir("/run/cups", 0755);
	unlink(at.sun_path);
	way_ends[0] = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(way_ends[0], (const struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(way_ends[0], 1) < 0 || chmod(at.sun_path, 0666) < 0)
		return broken("bind");
	return 0;
}

static int put(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return flow_result(connect(fd, (const struct sockaddr *)&at, sizeof(at))) ?: flow_write(fd);
}

FLOW("attack: prn_cups; threat: #86; user: root-as-eve; op: send; door: printer", .make = make,
     .put = put, .get = get_accepted);
