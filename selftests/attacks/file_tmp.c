// SPDX-License-Identifier: GPL-3.0-or-later
/* A file in /tmp: memory, not a disk. */
#include "flow-ways.h"

#define COPY "/tmp/file_tmp"

static int put(void)
{
	unlink(COPY);
	return flow_write_path(COPY, O_CREAT | O_EXCL);
}

static int get(void)
{
	return flow_take_path(COPY);
}

FLOW("attack: file_tmp; threat: #58; op: read; path: /tmp/file_tmp", .put = put, .get = get);
