// SPDX-License-Identifier: GPL-3.0-or-later
/* A file that is mapped by the approved program once it has read, by eve after that. */
#include "flow-ways.h"

static int make(void)
{
	return make_file_at(own("copy"));
}

static int put(void)
{
	return way_map_fd(open(own("copy"), O_RDWR)) ?: put_map();
}

static int get(void)
{
	return way_map_fd(way_ends[0]) ? refused("mmap") : get_map();
}

FLOW("attack: file_mapped_after; threat: #59; op: read; path: $OWN_DIR/copy", .make = make,
     .put = put, .get = get);
