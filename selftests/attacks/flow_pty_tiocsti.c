// SPDX-License-Identifier: GPL-3.0-or-later
/* Typed into a terminal of eve's, as if she did. */
#include "flow-ways.h"

/* It must be the terminal of the one who types. */
static int before(void)
{
	return setsid() < 0 ? -errno : flow_result(ioctl(flow.fd[0], TIOCSCTTY, 0));
}

static int put(void)
{
	for (size_t i = 0; i < flow.len; i++)
		if (ioctl(flow.fd[0], TIOCSTI, flow.text + i) < 0)
			return errno == EIO ? -ENOSYS
					    : -errno; /* from 6.2 on it may be switched off */
	return 0;
}

static int get(void)
{
	return flow_take(way_ends[1]);
}

FLOW("attack: flow_pty_tiocsti; threat: #53; op: read|send; door: ipc|device; expect: open; event: may",
     .make = make_pty, .before = before, .put = put, .get = get);
