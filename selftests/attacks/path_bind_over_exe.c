// SPDX-License-Identifier: GPL-3.0-or-later
/* Binds a program of one's own over the approved path, in a user namespace. */
#include "client.h"

ATTACK("attack: path_bind_over_exe; threat: #98; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = enter_userns();

	if (r)
		return r;
	r = copy_file(CLIENT, own("ehr-client"), 0755);
	if (r)
		return r;
	if (mount(own("ehr-client"), CLIENT, NULL, MS_BIND, NULL) < 0)
		return refused("mount");
	return run_client(CLIENT, NULL);
}
