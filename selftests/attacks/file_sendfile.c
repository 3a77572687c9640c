// SPDX-License-Identifier: GPL-3.0-or-later
/* Copied by sendfile(2), past the program's memory. */
#include "flow-ways.h"

static int put(void)
{
	off_t from = 0;
	int fd = open(own("copy"), O_WRONLY | O_CREAT, 0666);

	return flow_result(sendfile(fd, flow.secret, &from, flow.len));
}

static int get(void)
{
	return flow_take_path(own("copy"));
}

FLOW("attack: file_sendfile; threat: #59; op: read; path: $OWN_DIR/copy", .put = put, .get = get);
