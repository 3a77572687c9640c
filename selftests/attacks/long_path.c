// SPDX-License-Identifier: GPL-3.0-or-later
/* A path of 3,900 characters. */
#include "deep.h"

ATTACK("attack: long_path; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

/* 16 names of 240 bytes and what is above them: just under what a path may have. */
static const char *component(void)
{
	static char name[241];

	memset(name, 'n', 240);
	return name;
}

static int setup(void)
{
	return plant(component(), 16);
}

static int attack(void)
{
	return loot_deep(component(), 16);
}
