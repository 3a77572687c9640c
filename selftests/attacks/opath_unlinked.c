// SPDX-License-Identifier: GPL-3.0-or-later
/* Reopens an O_PATH descriptor of a file that its owner has deleted since. */
#include "attack.h"

ATTACK("attack: opath_unlinked; threat: #7; user: eve; op: read; errno: EPERM|ENOENT; fs: ext4; helper: rm-told $PHI_DIR/secret; path: *; check: none; expect: refused");

HOLDS_SECRET(O_PATH)

static int act(void)
{
	int r = await_file(own("helped"));

	return r ?: loot_path(at_join("/proc/self/fd", "%d", held));
}

HELD(prepare, act)
