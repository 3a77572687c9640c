// SPDX-License-Identifier: GPL-3.0-or-later
/* The kernel's log. */
#include "flow-ways.h"

static int setup(void)
{
	return chmod("/dev/kmsg", 0666) < 0 ? broken("chmod") : 0;
}

/* From here on: what stands in it already may be what an earlier run has brought there. */
static int make(void)
{
	way_ends[0] = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	return way_ends[0] < 0 || lseek(way_ends[0], 0, SEEK_END) < 0 ? broken("kmsg") : 0;
}

static int put(void)
{
	return flow_write_path("/dev/kmsg", 0);
}

static int get(void)
{
	char line[8192];
	ssize_t len;

	while ((len = read(way_ends[0], line, sizeof(line))) > 0)
		if (memmem(line, (size_t)len, "PHI-SECRET:dev_kmsg:", 20))
			return loot(line, (size_t)len);
	return FLOW_NOTHING;
}

FLOW("attack: dev_kmsg; threat: #64; user: root-as-eve; op: send; door: device; setup-user: root",
     .setup = setup, .make = make, .put = put, .get = get);
