// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy in a directory that eve renames. */
#include "flow-ways.h"

static int make(void)
{
	return mkdir(own("dir"), 0777) < 0 ? broken("mkdir") : 0;
}

static int put(void)
{
	return flow_write_path(own("dir/copy"), O_CREAT);
}

static int get(void)
{
	if (rename(own("dir"), own("moved")) < 0)
		return refused("rename");
	return flow_take_path(own("moved/copy"));
}

FLOW("attack: file_moved_dir; threat: #59; op: read; path: $OWN_DIR/moved/copy", .make = make, .put = put,
     .get = get);
