// SPDX-License-Identifier: GPL-3.0-or-later
/* A clone of the labelled file: shared blocks, nothing is written. */
#include "flow-ways.h"
#include <linux/fs.h>

static int put(void)
{
	int to = open(own("copy"), O_WRONLY | O_CREAT, 0666);

	return flow_result(ioctl(to, FICLONE, flow.secret));
}

FLOW("attack: file_btrfs_clone; threat: #37; op: read; path: $OWN_DIR/copy; fs: btrfs", .put = put,
     .get = get_copy);
