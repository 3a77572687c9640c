// SPDX-License-Identifier: GPL-3.0-or-later
/* Lists the root of the tree itself. */
#include "attack.h"

ATTACK("attack: list_root; threat: #13; user: eve; op: list; errno: EPERM; fs: ext4; path: /srv/phi/records; expect: refused");

NO_SETUP

static int attack(void)
{
	DIR *dir = opendir(phi(".."));
	struct dirent *entry;

	if (!dir)
		return refused("opendir");
	errno = 0;
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, "list_root") == 0)
			return works("the name");
	return refused("readdir");
}
