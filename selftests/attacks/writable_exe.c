// SPDX-License-Identifier: GPL-3.0-or-later
/* An approved program that its user may write, and does. */
#include "client.h"

ATTACK("attack: writable_exe; threat: #97; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int fd = open("/opt/ehr/writable/ehr-client", O_WRONLY | O_APPEND);

	if (fd < 0 || write(fd, "changed", 7) < 0)
		return refused("open");
	close(fd);
	return run_client("/opt/ehr/writable/ehr-client", NULL);
}
