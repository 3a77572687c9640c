/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks that serve a file system of their own by FUSE: a directory with one file. */
#ifndef PHIWARD_ATTACK_FUSE_H
#define PHIWARD_ATTACK_FUSE_H

#include "attack.h"
#include <linux/fuse.h>

typedef void (*fuse_answer)(int dev, const struct fuse_in_header *in, const char *data);

static void fuse_reply(int dev, const struct fuse_in_header *to, int error, const void *data,
		       size_t len)
{
	struct fuse_out_header head = { (uint32_t)(sizeof(head) + len), -error, to->unique };
	struct iovec iov[] = { { &head, sizeof(head) }, { (void *)data, len } };

	if (writev(dev, iov, 2) < 0 && errno != ENOENT)
		broken("fuse");
}

/* The root directory is node 1, the file in it node 2. */
static struct fuse_attr fuse_attr_of(uint64_t node, uint64_t size)
{
	return (struct fuse_attr){ .ino = node,
				   .size = size,
				   .mode = node == 1 ? S_IFDIR | 0777 : S_IFREG | 0666,
				   .nlink = 1 };
}

/* Serves until the mount ends, for @seconds at the most; does not return. */
static void fuse_serve(int dev, fuse_answer answer, unsigned int seconds)
{
	static char request[1 << 17] __attribute__((aligned(8)));
	ssize_t len;

	alarm(seconds);
	while ((len = read(dev, request, sizeof(request))) > 0)
		answer(dev, (const void *)request, request + sizeof(struct fuse_in_header));
	_exit(0);
}

#endif /* PHIWARD_ATTACK_FUSE_H */
