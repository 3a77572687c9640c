// SPDX-License-Identifier: GPL-3.0-or-later
/* A file that both have mapped before: no call is made any more. */
#include "flow-ways.h"

static int make(void)
{
	return make_file_at(own("copy"));
}

static int before(void)
{
	return way_map_fd(open(own("copy"), O_RDWR));
}

FLOW("attack: file_mapped_both; threat: #59; op: *; who: eve; kind: took-label; expect: open",
     .make = make, .before = before, .meet = meet_map, .put = put_map, .get = get_map);
