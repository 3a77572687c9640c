// SPDX-License-Identifier: GPL-3.0-or-later
/* The memory of a screen. */
#include "flow-ways.h"

static int setup(void)
{
	if (access("/dev/vcs1", F_OK) < 0)
		return not_here("no console");
	return chmod("/dev/vcs1", 0666) < 0 || chmod("/dev/tty1", 0666) < 0 ? broken("chmod") : 0;
}

/* What stands on the screen has no line ends. */
static int get(void)
{
	char screen[16384] = "", *found;
	int fd = open("/dev/vcs1", O_RDONLY);

	if (fd < 0 || read(fd, screen, sizeof(screen) - 1) < 0)
		return refused("vcs");
	found = strstr(screen, "PHI-SECRET:dev_vcs:");
	return found ? loot(found, strcspn(found, " ")) : FLOW_NOTHING;
}

static int put(void)
{
	return flow_write_path("/dev/vcs1", 0);
}

FLOW("attack: dev_vcs; threat: #65; user: root-as-eve; op: send; door: device; setup-user: root",
     .setup = setup, .put = put, .get = get);
