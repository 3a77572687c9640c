// SPDX-License-Identifier: GPL-3.0-or-later
/* A loop device that was opened before the secret was read. */
#include "flow-loop.h"

static int before(void)
{
	way_out = open(own("loop"), O_WRONLY | O_SYNC);
	return flow_result(way_out);
}

FLOW("attack: dev_loop_before; threat: #29; user: root-as-eve; op: send; door: device; setup-user: root",
     .setup = setup_loop, .before = before, .put = put_way_out, .get = get_loop);
