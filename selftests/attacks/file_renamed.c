// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy under another name than the one it was written by. */
#include "flow-ways.h"

static int put(void)
{
	return flow_write_path(own("draft"), O_CREAT)
		       ?: flow_result(rename(own("draft"), own("copy")));
}

FLOW("attack: file_renamed; threat: #59; op: read; path: $OWN_DIR/copy", .put = put,
     .get = get_copy);
