// SPDX-License-Identifier: GPL-3.0-or-later
/* The same, found by its handle. */
#include "flow-ways.h"
#include "handle.h"

static int get(void)
{
	struct at_handle h = { .head.handle_bytes = MAX_HANDLE_SZ };
	int mount, fd;

	if (name_to_handle_at(AT_FDCWD, own("copy"), &h.head, &mount, 0) < 0)
		return refused("name_to_handle_at");
	if (drop_caches())
		return AT_BROKEN;
	fd = open_by_handle_at(open("/srv", O_RDONLY), &h.head, O_RDONLY);
	return fd < 0 ? refused("open_by_handle_at") : flow_take_fd(fd);
}

FLOW("attack: file_forgotten_handle; threat: #59; user: root-as-eve; op: read", .put = put_copy,
     .get = get);
