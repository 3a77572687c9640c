// SPDX-License-Identifier: GPL-3.0-or-later
/* A new file on btrfs. */
#include "flow-ways.h"

static int put(void)
{
	return flow_write_path(own("copy"), O_CREAT | O_EXCL);
}

static int get(void)
{
	return flow_take_path(own("copy"));
}

FLOW("attack: file_btrfs; threat: #59; op: read; path: $OWN_DIR/copy; fs: btrfs", .put = put,
     .get = get);
