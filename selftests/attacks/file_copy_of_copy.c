// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy of a copy of a copy. */
#include "flow-ways.h"

static int copy(const char *from, const char *to)
{
	ssize_t len = get_file(own("%s", from), flow.text, sizeof(flow.text));

	return len < 0 ? -errno : flow_write_path(own("%s", to), O_CREAT);
}

static int put(void)
{
	return flow_write_path(own("one"), O_CREAT) ?: copy("one", "two") ?: copy("two", "copy");
}

FLOW("attack: file_copy_of_copy; threat: #59; op: read; path: $OWN_DIR/copy", .put = put,
     .get = get_copy);
