// SPDX-License-Identifier: GPL-3.0-or-later
/* A loop device on a descriptor of the file from before the start: a kernel thread reads it. */
#include "attack.h"
#include <linux/loop.h>

ATTACK("attack: preopen_loop; threat: #23; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

static char loop_path[32];

static int free_loop(void)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int n = ioctl(control, LOOP_CTL_GET_FREE);
	int fd;

	if (n < 0)
		return broken("LOOP_CTL_GET_FREE"), -1;
	snprintf(loop_path, sizeof(loop_path), "/dev/loop%d", n);
	mknod(loop_path, S_IFBLK | 0600, makedev(7, n));
	fd = open(loop_path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		broken(loop_path);
	return fd;
}

static int held = -1;

static int prepare(void)
{
	held = open(SECRET, O_RDONLY);
	return held < 0 || ftruncate(open(SECRET, O_WRONLY), 4096) < 0 ? broken("open") : 0;
}

static int act(void)
{
	int loop = free_loop(), r;

	if (ioctl(loop, LOOP_SET_FD, held) < 0)
		return refused("LOOP_SET_FD");
	r = loot_fd(loop);
	ioctl(loop, LOOP_CLR_FD);
	return r;
}

HELD(prepare, act)
