// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy with two names; the first is removed. */
#include "flow-ways.h"

static int put(void)
{
	return flow_write_path(own("draft"), O_CREAT) ?:
	       flow_result(link(own("draft"), own("copy"))) ?: flow_result(unlink(own("draft")));
}

FLOW("attack: file_linked; threat: #59; op: read; path: $OWN_DIR/copy", .put = put,
     .get = get_copy);
