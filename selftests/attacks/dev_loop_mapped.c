// SPDX-License-Identifier: GPL-3.0-or-later
/* A loop device that is mapped, to write to it. */
#include "flow-loop.h"

static int put(void)
{
	int fd = open(own("loop"), O_RDWR), r;

	if (fd < 0)
		return -errno;
	r = way_map_fd(fd) ?: put_map();
	return r ?: flow_result(msync(way_map, 4096, MS_SYNC));
}

FLOW("attack: dev_loop_mapped; threat: #29; user: root-as-eve; op: send; door: device; setup-user: root",
     .setup = setup_loop, .put = put, .get = get_loop);
