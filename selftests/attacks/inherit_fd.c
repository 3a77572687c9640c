// SPDX-License-Identifier: GPL-3.0-or-later
/* The approved program opens the file, then turns into another program that inherits it. */
#include "attack.h"

ATTACK("attack: inherit_fd; threat: #34; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	char text[4096] = "", command[PATH_MAX + 64];
	FILE *client;

	snprintf(command, sizeof(command),
		 "/opt/ehr/bin/ehr-client exec %s /bin/dd status=none 2>&1", SECRET);
	client = popen(command, "r");
	size_t len = fread(text, 1, sizeof(text) - 1, client);
	pclose(client);
	if (strstr(text, "PHI-SECRET:"))
		return loot(text, len);
	return strstr(text, "not permitted") ? refused_as("dd", EPERM) : broken(text);
}
