// SPDX-License-Identifier: GPL-3.0-or-later
/* PTRACE_ATTACH and PTRACE_PEEKDATA on the approved program. */
#include "memory.h"
#include <sys/ptrace.h>

ATTACK("attack: ptrace_peek; threat: #43; user: root-as-eve; op: read; errno: EPERM; fs: ext4; helper: serve $PHI_DIR/secret $OWN_DIR/helper; path: *; expect: refused");

NO_SETUP

static int attack(void)
{
	struct helper h;
	int r = find_helper(&h);

	if (r)
		return r;
	char buf[4096] = "";

	if (ptrace(PTRACE_ATTACH, h.pid, 0, 0) < 0)
		return refused("PTRACE_ATTACH");
	waitpid(h.pid, NULL, 0);
	for (size_t at = 0; at < h.len; at += sizeof(long)) {
		long word = ptrace(PTRACE_PEEKDATA, h.pid, h.addr + at, 0);

		memcpy(buf + at, &word, sizeof(word));
	}
	ptrace(PTRACE_DETACH, h.pid, 0, 0);
	return loot(buf, h.len);
}
