// SPDX-License-Identifier: GPL-3.0-or-later
/* A file system in a file: the copy is labelled. */
#include "flow-fs.h"

static int setup(void)
{
	return fs_mount_image("mkfs.ext4 -q -F", "loop");
}

FLOW("attack: fs_ext4; threat: #92; user: root-as-eve; op: read; path: $OWN_DIR/at/copy; setup-user: root",
     .setup = setup, .put = put_fs, .get = get_fs);
