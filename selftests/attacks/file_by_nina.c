// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy, read by a program of nina's that is not approved. */
#include "flow-ways.h"

static int put(void)
{
	return flow_write_path(own("copy"), O_CREAT | O_EXCL);
}

static int get(void)
{
	return flow_take_path(own("copy"));
}

FLOW("attack: file_by_nina; threat: #59; user: nina; op: read; path: $OWN_DIR/copy", .put = put,
     .get = get);
