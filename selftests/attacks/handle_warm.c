// SPDX-License-Identifier: GPL-3.0-or-later
/* open_by_handle_at() while the kernel still knows the name. */
#include "handle.h"

ATTACK("attack: handle_warm; threat: #10; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static int setup(void)
{
	return keep_handle();
}

static int attack(void)
{
	close(open(SECRET, O_PATH));
	return by_handle();
}
