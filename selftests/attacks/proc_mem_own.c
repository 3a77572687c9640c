// SPDX-License-Identifier: GPL-3.0-or-later
/* Reads /proc/PID/mem in the clinician's own session. */
#include "attack.h"

ATTACK("attack: proc_mem_own; threat: #43; user: nina; op: read; errno: EPERM|EACCES; fs: ext4; helper: serve $PHI_DIR/secret $OWN_DIR/helper; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	struct helper h;
	int r = find_helper(&h);

	if (r)
		return r;
	char buf[4096];
	int fd = open(at_join("/proc", "%d/mem", h.pid), O_RDONLY);

	if (fd < 0)
		return refused("open");
	return pread(fd, buf, h.len, (off_t)h.addr) < 0 ? refused("pread") : loot(buf, h.len);
}
