// SPDX-License-Identifier: GPL-3.0-or-later
/* Lists the directory. */
#include "attack.h"

ATTACK("attack: list_dir; threat: #13; user: eve; op: list; errno: EPERM; fs: ext4; path: $PHI_DIR; expect: refused");

NO_SETUP

static int attack(void)
{
	DIR *dir = opendir(at_dir("PHI_DIR"));
	struct dirent *entry;

	if (!dir)
		return refused("opendir");
	errno = 0;
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, "secret") == 0)
			return works("the name");
	return refused("readdir");
}
