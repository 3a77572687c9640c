// SPDX-License-Identifier: GPL-3.0-or-later
/* Sends a descriptor from before the start to a fresh process (SCM_RIGHTS). */
#include "attack.h"

ATTACK("attack: preopen_scm; threat: #34; user: eve; op: read; errno: EPERM|NONE; fs: ext4; expect: refused");

HOLDS_SECRET(O_RDONLY)

static int act(void)
{
	int pair[2], status;
	char ctl[CMSG_SPACE(sizeof(int))] = "", byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = ctl, .msg_controllen = sizeof(ctl)
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	pid_t pid;

	*c = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
			       .cmsg_type = SCM_RIGHTS,
			       .cmsg_len = CMSG_LEN(sizeof(int)) };
	memcpy(CMSG_DATA(c), &held, sizeof(held));
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || sendmsg(pair[1], &msg, 0) < 0 ||
	    (pid = fork()) < 0)
		return broken("sendmsg");
	if (pid == 0) {
		int fd;

		msg.msg_controllen = sizeof(ctl);
		if (recvmsg(pair[0], &msg, 0) < 0)
			_exit(refused("recvmsg"));
		c = CMSG_FIRSTHDR(&msg);
		if (!c || msg.msg_flags & MSG_CTRUNC)
			_exit(refused_silently("no descriptor came"));
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
		_exit(loot_fd(fd));
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

HELD(prepare, act)
