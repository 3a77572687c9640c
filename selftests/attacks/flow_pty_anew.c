// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * No attack: an approved program wrote to terminals that are gone. A terminal of eve's that is
 * made where they stood carries nothing.
 */
#include "flow-ways.h"

#define TERMINALS 64

/* A terminal: its master, and in *@ret_slave its other side. */
static int terminal(int *ret_slave)
{
	struct termios raw;
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
	    tcgetattr(master, &raw) < 0)
		return -1;
	cfmakeraw(&raw);
	tcsetattr(master, TCSANOW, &raw);
	*ret_slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	return *ret_slave < 0 ? -1 : master;
}

/* In either direction; the slave goes first, then the master. */
static int put(void)
{
	for (int i = 0; i < TERMINALS; i++) {
		int slave = -1, master = terminal(&slave);
		int r = flow_write(master) ?: flow_write(slave);

		close(slave);
		close(master);
		if (r)
			return r;
	}
	return 0;
}

static int get(void)
{
	int master[TERMINALS], slave[TERMINALS];
	char byte;

	if (flow.status)
		return FLOW_NOTHING;
	for (int i = 0; i < TERMINALS; i++) {
		master[i] = terminal(&slave[i]);
		if (master[i] < 0)
			return broken("terminal");
		if (write(master[i], "x", 1) != 1 || write(slave[i], "y", 1) != 1)
			return refused("write");
		if (read(slave[i], &byte, 1) != 1 || read(master[i], &byte, 1) != 1)
			return refused("read");
	}
	return works("%d terminals of her own", TERMINALS);
}

FLOW("attack: flow_pty_anew; threat: #53; op: read; expect: allowed; event: may", .put = put,
     .get = get);
