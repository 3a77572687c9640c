// SPDX-License-Identifier: GPL-3.0-or-later
/* An extended attribute of a file of eve's. */
#include "flow-ways.h"

static int make(void)
{
	return put_file(own("copy"), "", 0666);
}

static int put(void)
{
	return flow_result(setxattr(own("copy"), "user.note", flow.text, flow.len, 0));
}

static int get(void)
{
	char text[4096] = "";

	if (getxattr(own("copy"), "user.note", text, sizeof(text)) < 0)
		return errno == ENODATA ? FLOW_NOTHING : refused("getxattr");
	return flow_take_memory(text, sizeof(text));
}

FLOW("attack: flow_xattr; threat: #61; op: *; door: *", .make = make, .put = put, .get = get);
