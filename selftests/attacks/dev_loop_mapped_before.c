// SPDX-License-Identifier: GPL-3.0-or-later
/* A loop device that was mapped before the secret was read: no call is made any more. */
#include "flow-loop.h"

static int before(void)
{
	return way_map_fd(open(own("loop"), O_RDWR));
}

static int put(void)
{
	put_map();
	msync(way_map, 4096, MS_SYNC);
	return 0;
}

FLOW("attack: dev_loop_mapped_before; threat: #29; user: root-as-eve; op: *; expect: reported; event: must; setup-user: root",
     .setup = setup_loop, .before = before, .put = put, .get = get_loop);
