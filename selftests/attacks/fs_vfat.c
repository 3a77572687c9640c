// SPDX-License-Identifier: GPL-3.0-or-later
/* A file system that keeps no labels: the copy would lie there without one. */
#include "flow-ways.h"

static int setup(void)
{
	return flow_tool(
		       "truncate -s 8M \"$OWN_DIR/image\" && mkfs.vfat \"$OWN_DIR/image\" >/dev/null && "
		       ""
		       "mkdir \"$OWN_DIR/at\" && mount -o loop,umask=0 \"$OWN_DIR/image\" \"$OWN_DIR/at\" && "
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

FLOW("attack: fs_vfat; threat: #92; user: root-as-eve; op: send; door: file; setup-user: root",
     .setup = setup, .put = put, .get = get);
