// SPDX-License-Identifier: GPL-3.0-or-later
/* The same of the simplest sort. */
#include "flow-ways.h"

static int setup(void)
{
	return flow_tool("mkdir \"$OWN_DIR/at\" && mount -t ramfs none \"$OWN_DIR/at\" && "
			 "chmod 777 \"$OWN_DIR/at\"")
		       ? not_here("no such file system")
		       : 0;
}

static int put(void)
{
	return flow_write_path(own("at/copy"), O_CREAT);
}

static int get(void)
{
	return flow_take_path(own("at/copy"));
}

FLOW("attack: fs_ramfs; threat: #92; user: root-as-eve; op: read|send; door: *; setup-user: root",
     .setup = setup, .put = put, .get = get);
