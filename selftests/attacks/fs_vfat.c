// SPDX-License-Identifier: GPL-3.0-or-later
/* A file system that keeps no labels: the copy would lie there without one. */
#include "flow-fs.h"

static int setup(void)
{
	return fs_mount_image("mkfs.vfat", "loop,umask=0");
}

FLOW("attack: fs_vfat; threat: #92; user: root-as-eve; op: send; door: file; setup-user: root",
     .setup = setup, .put = put_fs, .get = get_fs);
