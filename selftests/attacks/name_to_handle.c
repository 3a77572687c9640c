// SPDX-License-Identifier: GPL-3.0-or-later
/* name_to_handle_at(2) of guessed names. */
#include "probe.h"

ATTACK("attack: name_to_handle; threat: #11; user: eve; op: stat; errno: EPERM; fs: ext4; path: */phi/records; settings: hide-names; expect: refused");

NO_SETUP

static int try(const char *path)
{
	struct {
		struct file_handle head;
		unsigned char bytes[MAX_HANDLE_SZ];
	} h = { .head.handle_bytes = MAX_HANDLE_SZ };
	int mount_id;

	return name_to_handle_at(AT_FDCWD, path, &h.head, &mount_id, 0);
}

static int attack(void)
{
	return probe("name_to_handle_at", try);
}
