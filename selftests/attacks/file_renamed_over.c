// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy, renamed over a file of eve's. */
#include "flow-ways.h"

static int make(void)
{
	return put_file(own("copy"), "plain", 0666);
}

static int put(void)
{
	return flow_write_path(own("draft"), O_CREAT)
		       ?: flow_result(rename(own("draft"), own("copy")));
}

FLOW("attack: file_renamed_over; threat: #59; op: read; path: $OWN_DIR/copy", .make = make,
     .put = put, .get = get_copy);
