// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy, reached by a symbolic link. */
#include "flow-ways.h"

static int put(void)
{
	return flow_write_path(own("copy"), O_CREAT)
		       ?: flow_result(symlink(own("copy"), own("link")));
}

static int get(void)
{
	return flow_take_path(own("link"));
}

FLOW("attack: file_symlink; threat: #59; op: read; path: $OWN_DIR/copy", .put = put, .get = get);
