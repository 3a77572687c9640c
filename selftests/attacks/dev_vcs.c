// SPDX-License-Identifier: GPL-3.0-or-later
/* The memory of a screen. */
#include "screen.h"

static int put(void)
{
	return flow_write_path(SCREEN, 0);
}

FLOW("attack: dev_vcs; threat: #65; user: root-as-eve; op: send; door: device; setup-user: root",
     .setup = screen_setup, .put = put, .get = screen_get);
