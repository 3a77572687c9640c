// SPDX-License-Identifier: GPL-3.0-or-later
/* A loop device on the file. */
#include "attack.h"
#include <linux/loop.h>

ATTACK("attack: loop_file; threat: #22; user: root-as-eve; op: read; errno: EPERM; fs: ext4; expect: refused");

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

static int setup(void)
{
	return truncate(SECRET, 4096) < 0 ? broken("truncate") : 0;
}

static int attack(void)
{
	int loop = free_loop(), r, fd = open(SECRET, O_RDONLY);

	if (fd < 0)
		return refused("open");
	if (ioctl(loop, LOOP_SET_FD, fd) < 0)
		return refused("LOOP_SET_FD");
	r = loot_fd(loop);
	ioctl(loop, LOOP_CLR_FD);
	return r;
}
