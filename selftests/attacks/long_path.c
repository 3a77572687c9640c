// SPDX-License-Identifier: GPL-3.0-or-later
/* A path of 3,900 characters. */
#include "attack.h"

ATTACK("attack: long_path; threat: #2; user: eve; op: read; errno: EPERM; fs: ext4; expect: refused");

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

/* 16 names of 240 bytes and what is above them: just under what a path may have. */
static const char *component(void)
{
	static char name[241];

	memset(name, 'n', 240);
	return name;
}

static int setup(void)
{
	return plant(component(), 16);
}

static int attack(void)
{
	int dir = descend(component(), 16, false), fd;

	if (dir < 0)
		return refused("openat");
	fd = openat(dir, "secret", O_RDONLY);
	return fd < 0 ? refused("openat") : loot_fd(fd);
}
