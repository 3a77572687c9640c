// SPDX-License-Identifier: GPL-3.0-or-later
/* Empties the file by O_TRUNC on an open for reading, by a program that may read. */
#include "client.h"

ATTACK("attack: reader_open_trunc; threat: #17; user: nina; op: write; errno: EPERM; fs: ext4; rule: rest; expect: refused");

NO_SETUP

static int attack(void)
{
	return run_reader("empty", NULL);
}
