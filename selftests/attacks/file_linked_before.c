// SPDX-License-Identifier: GPL-3.0-or-later
/* A name that a file of eve's had before the other was written to. */
#include "flow-ways.h"

static int make(void)
{
	int r = put_file(own("draft"), "", 0666);

	return r ?: link(own("draft"), own("copy")) < 0 ? broken("link") : 0;
}

static int put(void)
{
	return flow_write_path(own("draft"), 0);
}

FLOW("attack: file_linked_before; threat: #59; op: read; path: $OWN_DIR/copy", .make = make,
     .put = put, .get = get_copy);
