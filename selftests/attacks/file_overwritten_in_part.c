// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy whose beginning eve writes over: the rest is still the data. */
#include "flow-ways.h"

static int put(void)
{
	int fd = open(own("copy"), O_WRONLY | O_CREAT, 0666);

	return flow_result(pwrite(fd, flow.text, flow.len, 512));
}

static int get(void)
{
	int fd = open(own("copy"), O_WRONLY);

	if (fd < 0 || pwrite(fd, "harmless", 8, 0) < 0)
		return refused("pwrite");
	return flow_take_path(own("copy"));
}

FLOW("attack: file_overwritten_in_part; threat: #59; op: read; path: $OWN_DIR/copy", .put = put,
     .get = get);
