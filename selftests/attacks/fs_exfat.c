// SPDX-License-Identifier: GPL-3.0-or-later
/* The same with exFAT. */
#include "flow-fs.h"

static int setup(void)
{
	return fs_mount_image("mkfs.exfat", "loop,umask=0");
}

FLOW("attack: fs_exfat; threat: #92; user: root-as-eve; op: send; door: file; setup-user: root",
     .setup = setup, .put = put_fs, .get = get_fs);
