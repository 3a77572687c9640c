// SPDX-License-Identifier: GPL-3.0-or-later
/* Written by pwritev2(2). */
#include "flow-ways.h"

static int put(void)
{
	struct iovec iov = { flow.text, flow.len };
	int fd = open(own("copy"), O_WRONLY | O_CREAT, 0666);

	return flow_result(pwritev2(fd, &iov, 1, 0, RWF_DSYNC));
}

FLOW("attack: file_pwritev; threat: #59; op: read; path: $OWN_DIR/copy", .put = put,
     .get = get_copy);
