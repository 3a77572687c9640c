// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy that eve cuts and then reads what is left of. */
#include "flow-ways.h"

static int get(void)
{
	int fd = open(own("copy"), O_WRONLY);

	if (fd < 0)
		return refused("open");
	if (ftruncate(fd, 60) < 0 || lseek(fd, 0, SEEK_END) < 0)
		return refused("ftruncate");
	return flow_take_path(own("copy"));
}

FLOW("attack: file_truncated; threat: #59; op: read; path: $OWN_DIR/copy", .put = put_copy,
     .get = get);
