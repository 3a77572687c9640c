// SPDX-License-Identifier: GPL-3.0-or-later
/* POSIX shared memory that is mapped, to write to it, before the secret is read. */
#include "flow-ways.h"

#define SHARED "/dev/shm/file_dev_shm_mapped"

static int make(void)
{
	return make_file_at(SHARED);
}

static int before(void)
{
	return way_map_fd(open(SHARED, O_RDWR));
}

static int get(void)
{
	return flow_take_path(SHARED);
}

FLOW("attack: file_dev_shm_mapped; threat: #58; op: read; path: /dev/shm/file_dev_shm_mapped",
     .make = make, .before = before, .put = put_map, .get = get);
