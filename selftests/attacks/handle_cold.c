// SPDX-License-Identifier: GPL-3.0-or-later
/* open_by_handle_at() when the kernel has forgotten the name: a file without parents. */
#include "handle.h"

ATTACK("attack: handle_cold; threat: #10; user: root-as-eve; op: read; errno: EPERM; fs: ext4; path: *; expect: refused");

static int setup(void)
{
	return keep_handle();
}

static int attack(void)
{
	if (drop_caches())
		return AT_BROKEN;
	return by_handle();
}
