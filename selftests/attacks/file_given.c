// SPDX-License-Identifier: GPL-3.0-or-later
/* A file that eve opened, and gave to the approved program to write to. */
#include "flow-ways.h"

static int make(void)
{
	return make_file_at(own("copy")) ?: flow_give(way_ends[0]);
}

FLOW("attack: file_given; threat: #59; op: read; path: $OWN_DIR/copy", .make = make,
     .put = flow_put_given, .get = get_file_held);
