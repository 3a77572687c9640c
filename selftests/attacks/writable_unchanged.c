// SPDX-License-Identifier: GPL-3.0-or-later
/* An approved program that its user may write, though nobody has: who could change it unseen is not trusted. */
#include "client.h"

ATTACK("attack: writable_unchanged; threat: #97; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	return run_client("/opt/ehr/untouched/ehr-client", NULL);
}
