// SPDX-License-Identifier: GPL-3.0-or-later
/* A file that is mapped, to write to it, before the secret is read. */
#include "flow-ways.h"

static int make(void)
{
	return make_file_at(own("copy"));
}

static int before(void)
{
	return way_map_fd(open(own("copy"), O_RDWR));
}

FLOW("attack: file_mapped; threat: #59; op: read; path: $OWN_DIR/copy", .make = make,
     .before = before, .put = put_map, .get = get_copy);
