// SPDX-License-Identifier: GPL-3.0-or-later
/* A file of eve's that was there. */
#include "flow-ways.h"

static int make(void)
{
	return put_file(own("copy"), "", 0666);
}

static int put(void)
{
	return flow_write_path(own("copy"), O_APPEND);
}

FLOW("attack: file_existing; threat: #59; op: read; path: $OWN_DIR/copy", .make = make, .put = put,
     .get = get_copy);
