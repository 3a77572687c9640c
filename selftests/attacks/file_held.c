// SPDX-License-Identifier: GPL-3.0-or-later
/* A file that eve has open since before it was written to. */
#include "flow-ways.h"

static int make(void)
{
	return make_file_at(own("copy"));
}

static int put(void)
{
	return flow_write_path(own("copy"), 0);
}

FLOW("attack: file_held; threat: #59; op: read; path: $OWN_DIR/copy", .make = make, .put = put,
     .get = get_file_held);
