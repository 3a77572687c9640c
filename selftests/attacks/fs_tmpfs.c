// SPDX-License-Identifier: GPL-3.0-or-later
/* A file system of memory that was mounted lately: the copy is labelled. */
#include "flow-fs.h"

static int setup(void)
{
	return fs_mount("-t tmpfs none");
}

FLOW("attack: fs_tmpfs; threat: #92; user: root-as-eve; op: read; path: $OWN_DIR/at/copy; setup-user: root",
     .setup = setup, .put = put_fs, .get = get_fs);
