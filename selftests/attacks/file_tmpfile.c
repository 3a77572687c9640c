// SPDX-License-Identifier: GPL-3.0-or-later
/* A file without a name, which is given one when the data is in it. */
#include "flow-ways.h"

static int put(void)
{
	int fd = open(at_dir("OWN_DIR"), O_TMPFILE | O_WRONLY, 0666), r = flow_write(fd);

	return r
		       ?: flow_result(linkat(AT_FDCWD, at_join("/proc/self/fd", "%d", fd), AT_FDCWD,
					     own("copy"), AT_SYMLINK_FOLLOW));
}

FLOW("attack: file_tmpfile; threat: #60; op: read; path: $OWN_DIR/copy", .put = put,
     .get = get_copy);
