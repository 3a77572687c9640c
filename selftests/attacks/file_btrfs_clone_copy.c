// SPDX-License-Identifier: GPL-3.0-or-later
/* A clone of a labelled copy. */
#include "flow-ways.h"
#include <linux/fs.h>

static int put(void)
{
	int from = open(own("one"), O_RDWR | O_CREAT, 0666), r = flow_write(from);
	int to = open(own("copy"), O_WRONLY | O_CREAT, 0666);

	return r ?: flow_result(fsync(from)) ?: flow_result(ioctl(to, FICLONE, from));
}

FLOW("attack: file_btrfs_clone_copy; threat: #37; op: read; path: $OWN_DIR/copy; fs: btrfs",
     .put = put, .get = get_copy);
