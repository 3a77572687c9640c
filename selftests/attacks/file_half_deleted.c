// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy without a name, reached by the descriptor that eve was lucky to get. */
#include "flow-ways.h"

static int make(void)
{
	return make_file_at(own("copy")) ?: flow_give(way_ends[0]);
}

static int put(void)
{
	return flow_put_given() ?: flow_result(unlink(own("copy")));
}

static int get(void)
{
	return flow_take_path(at_join("/proc/self/fd", "%d", way_ends[0]));
}

FLOW("attack: file_half_deleted; threat: #59; op: read; path: $OWN_DIR/copy", .make = make,
     .put = put, .get = get);
