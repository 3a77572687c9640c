// SPDX-License-Identifier: GPL-3.0-or-later
/* A disk of memory. */
#include "flow-ways.h"

/* Without what an earlier run left there; no file system keeps anything at its very start. */
static int setup(void)
{
	static const char zeroes[512];
	int fd = open("/dev/ram0", O_WRONLY | O_SYNC);

	if (fd < 0)
		return not_here("no /dev/ram0");
	if (pwrite(fd, zeroes, sizeof(zeroes), 0) != sizeof(zeroes))
		return broken("/dev/ram0");
	close(fd);
	return chmod("/dev/ram0", 0666) < 0 ? broken("chmod") : 0;
}

static int put(void)
{
	return flow_write_path("/dev/ram0", O_SYNC);
}

static int get(void)
{
	return flow_take_path("/dev/ram0");
}

FLOW("attack: dev_ram; threat: #29; user: root-as-eve; op: send; door: device; setup-user: root",
     .setup = setup, .put = put, .get = get);
