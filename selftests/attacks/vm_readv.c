// SPDX-License-Identifier: GPL-3.0-or-later
/* process_vm_readv(2) from the approved program. */
#include "attack.h"

ATTACK("attack: vm_readv; threat: #43; user: root-as-eve; op: read; errno: EPERM; fs: ext4; helper: serve $PHI_DIR/secret $OWN_DIR/helper; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	struct helper h;
	int r = find_helper(&h);

	if (r)
		return r;
	char buf[4096];
	struct iovec to = { buf, h.len }, from = { (void *)h.addr, h.len };

	return process_vm_readv(h.pid, &to, 1, &from, 1, 0) < 0 ? refused("process_vm_readv")
								: loot(buf, h.len);
}
