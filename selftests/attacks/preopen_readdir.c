// SPDX-License-Identifier: GPL-3.0-or-later
/* Lists through a directory descriptor from before the start. */
#include "attack.h"

ATTACK("attack: preopen_readdir; threat: #13; user: eve; op: list; errno: EPERM; fs: ext4; path: $PHI_DIR; expect: refused");

static DIR *held;

static int prepare(void)
{
	held = opendir(at_dir("PHI_DIR"));
	return held ? 0 : broken("opendir");
}

static int act(void)
{
	struct dirent *entry;

	errno = 0;
	while ((entry = readdir(held)))
		if (strcmp(entry->d_name, "secret") == 0)
			return works("the name");
	return refused("readdir");
}

HELD(prepare, act)
