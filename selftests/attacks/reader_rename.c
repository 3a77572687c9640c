// SPDX-License-Identifier: GPL-3.0-or-later
/* Renames the file within the tree by a program that may read. */
#include "client.h"

ATTACK("attack: reader_rename; threat: #17; user: nina; op: rename; errno: EPERM; fs: ext4; rule: rest; expect: refused");

NO_SETUP

static int attack(void)
{
	return run_reader("mv", phi("other"));
}
