// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * To an unapproved program of the same person: by a file in a directory of both: what is not
 * approved may not read it.
 */
#include "flow-net.h"

static int put(void)
{
	return flow_write_path(own("copy"), O_CREAT);
}

static int relay(void)
{
	int fd = open(own("copy"), O_RDONLY);

	return fd < 0 ? -errno : flow_relayed(read(fd, flow.text, sizeof(flow.text))) ?: relay_out();
}

FLOW("attack: chain_file; threat: #59; op: read; path: $OWN_DIR/copy", .make = make_udp, .put = put,
     .relay = relay, .get = get_net);
