// SPDX-License-Identifier: GPL-3.0-or-later
/* To an unapproved program of the same person: by a pipe, and from there by a file to eve. */
#include "flow-chain.h"

static int relay(void)
{
	return flow_relay_read(flow.way[0]) ?: flow_write_path(own("copy"), O_CREAT);
}

FLOW("attack: chain_two; threat: #53; op: read; path: $OWN_DIR/copy", .ways = ways_pipe,
     .put = put_chain, .relay = relay, .get = get_copy);
