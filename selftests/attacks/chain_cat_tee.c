// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * To an unapproved program of the same person: by a shell pipeline: cat, gzip, tee, and the
 * copies lie about.
 */
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
	dup2(flow.way[0], 0);
	close(flow.way[1]);
	return system("head -n 1 | cat | tee \"$OWN_DIR/first\" | cat >\"$OWN_DIR/copy\"") ? -EPERM
											   : 0;
}

static int get(void)
{
	return flow_take_path(own("copy"));
}

FLOW("attack: chain_cat_tee; threat: #53; op: read; path: $OWN_DIR/copy", .ways = ways, .put = put,
     .relay = relay, .get = get);
