// SPDX-License-Identifier: GPL-3.0-or-later
/* A loop device, whose file is anybody's. */
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

static int put(void)
{
	return flow_write_path(own("loop"), O_SYNC);
}

FLOW("attack: dev_loop; threat: #29; user: root-as-eve; op: send; door: device; setup-user: root",
     .setup = setup, .put = put, .get = get);
