// SPDX-License-Identifier: GPL-3.0-or-later
/* Opens /proc/PID/map_files/... of the approved program. */
#include "memory.h"

ATTACK("attack: proc_map_files; threat: #40; user: root-as-eve; op: read; errno: EPERM; fs: ext4; helper: serve $PHI_DIR/secret $OWN_DIR/helper; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	struct helper h;
	int r = find_helper(&h);

	if (r)
		return r;
	return loot_path(at_join("/proc", "%d/map_files/%lx-%lx", h.pid, h.map, h.map + 4096));
}
