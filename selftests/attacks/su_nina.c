// SPDX-License-Identifier: GPL-3.0-or-later
/* su to nina, then the approved program: the person is eve. */
#include "attack.h"

ATTACK("attack: su_nina; threat: #43; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	char text[4096] = "", command[PATH_MAX + 64];
	FILE *su;

	if (access("/bin/su", X_OK) < 0)
		return not_here("no su");
	snprintf(command, sizeof(command),
		 "su nina -s /bin/sh -c '/opt/ehr/bin/ehr-client read %s' 2>&1", SECRET);
	su = popen(command, "r");
	size_t len = fread(text, 1, sizeof(text) - 1, su);
	pclose(su);
	if (strstr(text, "PHI-SECRET:"))
		return loot(text, len);
	return strstr(text, "EPERM") ? refused_as("client", EPERM) : broken(text);
}
