// SPDX-License-Identifier: GPL-3.0-or-later
/* CFLAGS: -fPIC */
/* LD_PRELOAD into the approved program by its own user. */
#include "foreign.h"

ATTACK("attack: ld_preload; threat: #99; user: nina; op: read; errno: EPERM|NONE; fs: ext4; event: may; expect: refused");

NO_SETUP

static int attack(void)
{
	return foreign_code_by("LD_PRELOAD");
}
