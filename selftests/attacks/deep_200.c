// SPDX-License-Identifier: GPL-3.0-or-later
/* 200 directories deep. */
#include "attack.h"

ATTACK("attack: deep_200; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

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

static int setup(void)
{
	return plant("d", 200);
}

static int attack(void)
{
	int dir = descend("d", 200, false), fd;

	if (dir < 0)
		return refused("openat");
	fd = openat(dir, "secret", O_RDONLY);
	return fd < 0 ? refused("openat") : loot_fd(fd);
}
