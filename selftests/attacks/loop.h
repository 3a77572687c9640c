/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks by a loop device. */
#ifndef PHIWARD_LOOP_H
#define PHIWARD_LOOP_H

#include "attack.h"
#include <linux/loop.h>

/* A loop device that nobody uses, open; -1: said why. */
AT_UNUSED static int free_loop(void)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int n = ioctl(control, LOOP_CTL_GET_FREE);
	char path[32];
	int fd;

	close(control);
	if (n < 0)
		return broken("LOOP_CTL_GET_FREE"), -1;
	snprintf(path, sizeof(path), "/dev/loop%d", n);
	mknod(path, S_IFBLK | 0600, makedev(7, n));
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		broken(path);
	return fd;
}

/* Puts @fd behind a loop device and takes what @read_it finds there. */
AT_UNUSED static int loot_by_loop(int fd, int (*read_it)(int loop))
{
	int loop = free_loop(), r;

	if (loop < 0)
		return AT_BROKEN;
	if (ioctl(loop, LOOP_SET_FD, fd) < 0)
		return refused("LOOP_SET_FD");
	r = read_it(loop);
	ioctl(loop, LOOP_CLR_FD);
	return r;
}

#endif /* PHIWARD_LOOP_H */
