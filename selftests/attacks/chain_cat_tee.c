// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * To an unapproved program of the same person: by a shell pipeline: cat, gzip, tee, and the
 * copies lie about.
 */
#include "flow-chain.h"

static int relay(void)
{
	dup2(flow.way[0], 0);
	close(flow.way[1]);
	return system("head -n 1 | cat | tee \"$OWN_DIR/first\" | cat >\"$OWN_DIR/copy\"") ? -EPERM
											   : 0;
}

FLOW("attack: chain_cat_tee; threat: #53; op: read; path: $OWN_DIR/copy", .ways = ways_pipe,
     .put = put_chain, .relay = relay, .get = get_copy);
