// SPDX-License-Identifier: GPL-3.0-or-later
/* A loop device that was opened before the secret was read. */
#include "flow-ways.h"

static int setup(void)
{
	return flow_tool("truncate -s 1M \"$OWN_DIR/image\" && "
			 "loop=$(losetup -f --show \"$OWN_DIR/image\") && chmod 666 $loop && "
			 "ln -s $loop \"$OWN_DIR/loop\"");
}

static int get(void)
{
	sync();
	return flow_take_path(own("image"));
}

static int before(void)
{
	way_out = open(own("loop"), O_WRONLY | O_SYNC);
	return flow_result(way_out);
}

FLOW("attack: dev_loop_before; threat: #29; user: root-as-eve; op: send; door: device; setup-user: root",
     .setup = setup, .before = before, .put = put_way_out, .get = get);
