// SPDX-License-Identifier: GPL-3.0-or-later
/* What a symbolic link points to. */
#include "flow-ways.h"

static int put(void)
{
	flow.text[flow.len - 1] = '\0';
	return flow_result(symlink(flow.text, own("link")));
}

static int get(void)
{
	char text[256] = "";

	if (readlink(own("link"), text, sizeof(text) - 1) < 0)
		return errno == ENOENT ? FLOW_NOTHING : refused("readlink");
	return works("%s", text);
}

FLOW("attack: flow_symlink_target; threat: #61; op: *; expect: open; event: may", .put = put,
     .get = get);
