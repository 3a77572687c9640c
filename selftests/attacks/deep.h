/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For attacks on a copy of the secret that lies many directories below PHI_DIR. */
#ifndef PHIWARD_DEEP_H
#define PHIWARD_DEEP_H

#include "attack.h"

/* Goes down @levels directories named @name, making them where asked. */
static int descend(const char *name, int levels, bool make)
{
	int dir = open(at_dir("PHI_DIR"), O_PATH | O_DIRECTORY);

	for (int i = 0; i < levels && dir >= 0; i++) {
		int next;

		if (make)
			mkdirat(dir, name, 0777);
		next = openat(dir, name, O_PATH | O_DIRECTORY);
		close(dir);
		dir = next;
	}
	return dir;
}

/* Puts a copy at the bottom; its path is the one that the event must name. */
static int plant(const char *name, int levels)
{
	int dir = descend(name, levels, true), fd;
	char text[256], path[8192];
	ssize_t len = get_file(SECRET, text, sizeof(text)), at;

	fd = openat(dir, "secret", O_WRONLY | O_CREAT, 0666);
	if (dir < 0 || fd < 0 || write(fd, text, (size_t)len) != len)
		return broken("plant");
	at = snprintf(path, sizeof(path), "%s", at_dir("PHI_DIR"));
	for (int i = 0; i < levels; i++)
		at += snprintf(path + at, sizeof(path) - (size_t)at, "/%s", name);
	snprintf(path + at, sizeof(path) - (size_t)at, "/secret");
	return expect_path(path);
}

/* The copy, opened. -1: errno says why. */
static int open_deep(const char *name, int levels, int flags)
{
	int dir = descend(name, levels, false);

	return dir < 0 ? -1 : openat(dir, "secret", flags);
}

AT_UNUSED static int loot_deep(const char *name, int levels)
{
	int fd = open_deep(name, levels, O_RDONLY);

	return fd < 0 ? refused("openat") : loot_fd(fd);
}

#endif /* PHIWARD_DEEP_H */
