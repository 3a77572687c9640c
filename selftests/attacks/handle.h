/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks by file handle: taken of the secret before the start, opened after it. */
#ifndef PHIWARD_HANDLE_H
#define PHIWARD_HANDLE_H

#include "attack.h"

struct at_handle {
	struct file_handle head;
	unsigned char bytes[MAX_HANDLE_SZ];
};

AT_UNUSED static int keep_handle(void)
{
	struct at_handle h = { .head.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, fd;

	if (name_to_handle_at(AT_FDCWD, SECRET, &h.head, &mount_id, 0) < 0)
		return broken("name_to_handle_at");
	fd = open(own("handle"), O_WRONLY | O_CREAT, 0600);
	return write(fd, &h, sizeof(h)) == sizeof(h) ? 0 : broken("handle");
}

AT_UNUSED static int by_handle(void)
{
	struct at_handle h;
	int fd = open(own("handle"), O_RDONLY), dir = open("/srv", O_RDONLY | O_DIRECTORY);

	if (read(fd, &h, sizeof(h)) != sizeof(h) || dir < 0)
		return broken("handle");
	fd = open_by_handle_at(dir, &h.head, O_RDONLY);
	return fd < 0 ? refused("open_by_handle_at") : loot_fd(fd);
}

#endif /* PHIWARD_HANDLE_H */
