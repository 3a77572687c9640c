// SPDX-License-Identifier: GPL-3.0-or-later
/* The terminal of another session. */
#include "screen.h"

static int put(void)
{
	return flow_write_path("/dev/tty1", O_NOCTTY);
}

FLOW("attack: dev_tty; threat: #65; user: root-as-eve; op: send; door: device; setup-user: root",
     .setup = screen_setup, .put = put, .get = screen_get);
