// SPDX-License-Identifier: GPL-3.0-or-later
/* Makes a unix socket in the tree by bind(2). */
#include "attack.h"

ATTACK("attack: bind_socket; threat: #17; user: eve; op: create; errno: EPERM; fs: ext4; path: $PHI_DIR/planted; expect: refused");

NO_SETUP

static int attack(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", phi("planted"));
	return bind(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ? refused("bind") : works("made");
}
