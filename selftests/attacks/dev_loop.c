// SPDX-License-Identifier: GPL-3.0-or-later
/* A loop device, whose file is anybody's. */
#include "flow-loop.h"

static int put(void)
{
	return flow_write_path(own("loop"), O_SYNC);
}

FLOW("attack: dev_loop; threat: #29; user: root-as-eve; op: send; door: device; setup-user: root",
     .setup = setup_loop, .put = put, .get = get_loop);
