// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy that eve gives another name. */
#include "flow-ways.h"

static int put(void)
{
	return flow_write_path(own("draft"), O_CREAT | O_EXCL);
}

static int get(void)
{
	return rename(own("draft"), own("copy")) < 0 ? refused("rename")
						     : flow_take_path(own("copy"));
}

FLOW("attack: file_renamed_by_eve; threat: #59; op: read; path: $OWN_DIR/copy", .put = put,
     .get = get);
