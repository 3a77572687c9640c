// SPDX-License-Identifier: GPL-3.0-or-later
/* Appends to the file by a program that may read. */
#include "client.h"

ATTACK("attack: reader_append; threat: #17; user: nina; op: write; errno: EPERM; fs: ext4; rule: rest; expect: refused");

NO_SETUP

static int attack(void)
{
	return run_reader("append", "forged");
}
