// SPDX-License-Identifier: GPL-3.0-or-later
/* Binds a loader of the user's own over the system's, in a user namespace, and runs the approved program. */
#include "client.h"

ATTACK("attack: userns_ldso; threat: #98; user: nina; op: read; errno: EPERM; fs: ext4; expect: refused");

NO_SETUP

static int attack(void)
{
	int r = enter_userns();

	if (r)
		return r;
	r = copy_file("/lib64/ld-linux-x86-64.so.2", own("foreign"), 0755);
	if (r)
		return r;
	if (mount(own("foreign"), "/lib64/ld-linux-x86-64.so.2", NULL, MS_BIND, NULL) < 0)
		return refused("mount");
	return run_client(CLIENT, NULL);
}
