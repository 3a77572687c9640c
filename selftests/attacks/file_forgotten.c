// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy that the kernel has forgotten and finds on the disk again. */
#include "flow-ways.h"

static int get(void)
{
	return drop_caches() ?: drop_caches() ?: flow_take_path(own("copy"));
}

FLOW("attack: file_forgotten; threat: #59; user: root-as-eve; op: read; path: $OWN_DIR/copy",
     .put = put_copy, .get = get);
