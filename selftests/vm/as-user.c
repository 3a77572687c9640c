// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * as-user [--auid NAME|none] USER COMMAND...
 *
 * Becomes USER the way a login does: sets the login uid (the auid), all groups,
 * gid and uid, then runs COMMAND. `--auid nina root` is root with nina's auid,
 * which is what sudo leaves behind. `--auid none` leaves the auid as it is.
 * Exits with COMMAND's status, 2 on wrong usage, 126/127 when it cannot run.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct passwd *find_user(const char *name)
{
	const struct passwd *pw = getpwnam(name);

	if (!pw) {
		fprintf(stderr, "as-user: no user '%s'\n", name);
		exit(2);
	}
	return pw;
}

static int set_auid(uid_t uid)
{
	int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", (unsigned int)uid);

	if (fd < 0 || write(fd, text, (size_t)len) != len) {
		fprintf(stderr, "as-user: cannot set the login uid %s: %s\n", text,
			strerror(errno));
		return -1;
	}
	close(fd);
	return 0;
}

static int become(const struct passwd *pw)
{
	if (initgroups(pw->pw_name, pw->pw_gid) < 0 ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0) {
		fprintf(stderr, "as-user: cannot become '%s': %s\n", pw->pw_name, strerror(errno));
		return -1;
	}
	setenv("HOME", pw->pw_dir, 1);
	setenv("USER", pw->pw_name, 1);
	setenv("LOGNAME", pw->pw_name, 1);
	return 0;
}

int main(int argc, char **argv)
{
	const char *auid = NULL;
	int i = 1;

	if (i + 1 < argc && strcmp(argv[i], "--auid") == 0) {
		auid = argv[i + 1];
		i += 2;
	}
	const char *user = i < argc ? argv[i++] : NULL;

	if (i < argc && strcmp(argv[i], "--") == 0)
		i++;
	if (!user || user[0] == '-' || i >= argc) {
		fprintf(stderr, "usage: as-user [--auid NAME|none] USER [--] COMMAND...\n");
		return 2;
	}
	if ((!auid || strcmp(auid, "none") != 0) && set_auid(find_user(auid ?: user)->pw_uid) < 0)
		return 126;
	if (become(find_user(user)) < 0)
		return 126;
	execvp(argv[i], argv + i);
	fprintf(stderr, "as-user: %s: %s\n", argv[i], strerror(errno));
	return errno == ENOENT ? 127 : 126;
}
