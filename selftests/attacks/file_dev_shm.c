// SPDX-License-Identifier: GPL-3.0-or-later
/* A file in /dev/shm, as POSIX shared memory is made. */
#include "flow-ways.h"

#define COPY "/dev/shm/file_dev_shm"

static int put(void)
{
	unlink(COPY);
	return flow_write_path(COPY, O_CREAT | O_EXCL);
}

static int get(void)
{
	return flow_take_path(COPY);
}

FLOW("attack: file_dev_shm; threat: #58; op: read; path: /dev/shm/file_dev_shm", .put = put,
     .get = get);
