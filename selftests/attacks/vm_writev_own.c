// SPDX-License-Identifier: GPL-3.0-or-later
/* process_vm_writev(2) into the approved program. */
#include "memory.h"

ATTACK("attack: vm_writev_own; threat: #44; user: nina; op: write|read; errno: EPERM; fs: ext4; helper: serve $PHI_DIR/secret $OWN_DIR/helper; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	struct helper h;
	int r = find_helper(&h);

	if (r)
		return r;
	char text[] = "forged";
	struct iovec from = { text, 6 }, to = { (void *)h.addr, 6 };

	return process_vm_writev(h.pid, &from, 1, &to, 1, 0) < 0 ? refused("process_vm_writev")
								 : works("written");
}
