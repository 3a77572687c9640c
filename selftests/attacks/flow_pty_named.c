// SPDX-License-Identifier: GPL-3.0-or-later
/* A terminal of eve's, opened by its name. */
#include "flow-ways.h"

static int put(void)
{
	char name[64];

	get_file(own("name"), name, sizeof(name));
	return flow_write_path(name, O_NOCTTY);
}

FLOW("attack: flow_pty_named; threat: #53; op: read|send; door: ipc|device", .make = make_pty,
     .put = put, .get = get_way);
