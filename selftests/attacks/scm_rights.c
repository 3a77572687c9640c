// SPDX-License-Identifier: GPL-3.0-or-later
/* Receives the open file from the approved program. */
#include "attack.h"

ATTACK("attack: scm_rights; threat: #38; user: eve; op: read; errno: EPERM|NONE; fs: ext4; helper: send-fd $PHI_DIR/secret $OWN_DIR/sock; expect: refused");

NO_SETUP

static int attack(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char ctl[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = ctl, .msg_controllen = sizeof(ctl)
	};
	struct cmsghdr *c;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), from;
	struct pollfd p = { fd, POLLIN, 0 };

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", own("sock"));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 1) < 0)
		return broken("bind");
	chmod(own("sock"), 0777);
	if (poll(&p, 1, AT_DEADLINE_MS) != 1 || (from = accept(fd, NULL, NULL)) < 0)
		return broken("nobody came");
	if (recvmsg(from, &msg, 0) < 0)
		return refused("recvmsg");
	c = CMSG_FIRSTHDR(&msg);
	if (!c || msg.msg_flags & MSG_CTRUNC)
		return refused_silently("no descriptor came");
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return loot_fd(fd);
}
