// SPDX-License-Identifier: GPL-3.0-or-later
/* CFLAGS: -fPIC */
/* LDLIBS: -rdynamic */
/* LD_AUDIT into the approved program by its own user. */
#include "foreign.h"

ATTACK("attack: ld_audit; threat: #99; user: nina; op: read; errno: EPERM|NONE; fs: ext4; event: may; expect: refused");

unsigned int la_version(unsigned int version)
{
	return version;
}

NO_SETUP

static int attack(void)
{
	return foreign_code_by("LD_AUDIT");
}
