// SPDX-License-Identifier: GPL-3.0-or-later
/* Copied by copy_file_range(2), past the program's memory. */
#include "flow-ways.h"

static int put(void)
{
	loff_t from = 0;
	int fd = open(own("copy"), O_WRONLY | O_CREAT, 0666);

	return flow_result(copy_file_range(flow.secret, &from, fd, NULL, flow.len, 0));
}

FLOW("attack: file_copy_range; threat: #59; op: read; path: $OWN_DIR/copy", .put = put,
     .get = get_copy);
