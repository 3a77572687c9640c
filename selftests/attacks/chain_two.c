// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a pipe, and from there by a file to eve. */
#include "flow.h"

static int ways(void)
{
	return pipe(flow.way);
}

static int put(void)
{
	return flow_write(flow.way[1]);
}

static int relay(void)
{
	return flow_relay_read(flow.way[0]) ?: flow_write_path(own("copy"), O_CREAT);
}

static int get(void)
{
	return flow_take_path(own("copy"));
}

FLOW("attack: chain_two; threat: #53; op: read; path: $OWN_DIR/copy", .ways = ways, .put = put,
     .relay = relay, .get = get);
