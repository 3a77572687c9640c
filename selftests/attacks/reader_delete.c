// SPDX-License-Identifier: GPL-3.0-or-later
/* Deletes the file by a program that may read. */
#include "client.h"

ATTACK("attack: reader_delete; threat: #17; user: nina; op: delete; errno: EPERM; fs: ext4; rule: rest; expect: refused");

NO_SETUP

static int attack(void)
{
	return run_reader("rm", NULL);
}
