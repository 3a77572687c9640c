// SPDX-License-Identifier: GPL-3.0-or-later
/* No attack: what is written to /dev/null is gone. */
#include "flow-ways.h"

static int put(void)
{
	return flow_write_path("/dev/null", 0) ?: flow_write_path("/dev/zero", 0);
}

static int get(void)
{
	return flow.status ? FLOW_NOTHING : works("written to /dev/null");
}

FLOW("attack: dev_null; threat: #87; op: *; expect: allowed; event: may", .put = put, .get = get);
