// SPDX-License-Identifier: GPL-3.0-or-later
/* PTRACE_SEIZE of the approved program by its own user. */
#include "memory.h"
#include <sys/ptrace.h>

ATTACK("attack: ptrace_seize; threat: #43; user: nina; op: read; errno: EPERM; fs: ext4; helper: serve $PHI_DIR/secret $OWN_DIR/helper; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	struct helper h;
	int r = find_helper(&h);

	if (r)
		return r;
	return ptrace(PTRACE_SEIZE, h.pid, 0, 0) < 0 ? refused("PTRACE_SEIZE") : works("seized");
}
