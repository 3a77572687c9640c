// SPDX-License-Identifier: GPL-3.0-or-later
/* The same of the simplest sort. */
#include "flow-fs.h"

static int setup(void)
{
	return fs_mount("-t ramfs none");
}

FLOW("attack: fs_ramfs; threat: #92; user: root-as-eve; op: read|send; door: *; setup-user: root",
     .setup = setup, .put = put_fs, .get = get_fs);
