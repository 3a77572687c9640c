/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every attack of the battery shares: its description, its two phases, its files and
 * its exit status. One program, one attack; selftests/guest/attacks.sh runs them.
 *
 *   NAME info     prints the description, "key: value" pairs separated by "; "
 *   NAME setup    prepares, before the agent starts; may leave a holder behind
 *   NAME attack   0: the attack works · 1: refused · 77: not applicable here (says why)
 *                 anything else: the test is broken
 *
 * PHI_DIR is the attack's own directory in a labelled tree: PHI_DIR/secret holds
 * "PHI-SECRET:<attack>:<random>". OWN_DIR is a directory of the attacker's outside it.
 * Keys of the description:
 *   attack  its name, that of the file          threat   number in the catalogue of evasions
 *   user    eve | nina | root-as-eve            op       operation of the event; "*" any, "a|b" either
 *   fs      ext4 | btrfs                        errno    what the caller gets; "*" any
 *   door    pattern of the event's door         kind     pattern of its kind
 *   who     whose event it is, if not the user's
 *   expect  refused | reported (no hook can refuse it, the agent tells) | open (known: not stopped) |
 *           allowed (no attack: the policy allows it, so it must work)
 *   path    pattern of the event's path, $PHI_DIR and $OWN_DIR replaced (default $PHI_DIR/secret)
 *   rule    pattern of the rule that the event names (default "*")
 *   event   must (default) | may
 *   helper  arguments of the approved client, run as nina beside the attack; or a path and arguments
 *   caps    file capabilities of that program
 *   check   kept (default: the labelled files are as before) | none
 *   settings  hide-names: stopped only under that setting of the agent
 *   setup-user  root: prepared by root, whoever attacks
 */
#ifndef PHIWARD_ATTACK_H
#define PHIWARD_ATTACK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define AT_WORKS       0
#define AT_REFUSED     1
#define AT_BROKEN      3
#define AT_NOT_HERE    77
#define AT_DEADLINE_MS 8000
#define AT_UNUSED      __attribute__((unused))

#define ATTACK(text)                     \
	static const char *at_info(void) \
	{                                \
		return text;             \
	}                                \
	static int setup(void);          \
	static int attack(void)

#define NO_SETUP               \
	static int setup(void) \
	{                      \
		return 0;      \
	}

/* A path of the attack's own, in a buffer that the next 15 calls leave alone. */
AT_UNUSED __attribute__((format(printf, 2, 3))) static const char *at_join(const char *dir,
									   const char *fmt, ...)
{
	static char ring[16][PATH_MAX];
	static unsigned int turn;
	char *path = ring[turn++ % 16];
	va_list args;
	int len = snprintf(path, PATH_MAX, "%s/", dir);

	va_start(args, fmt);
	vsnprintf(path + len, (size_t)(PATH_MAX - len), fmt, args);
	va_end(args);
	return path;
}

AT_UNUSED static const char *at_dir(const char *name)
{
	const char *dir = getenv(name);

	if (!dir) {
		fprintf(stderr, "broken: %s is not set\n", name);
		exit(AT_BROKEN);
	}
	return dir;
}

#define phi(...) at_join(at_dir("PHI_DIR"), __VA_ARGS__)
#define own(...) at_join(at_dir("OWN_DIR"), __VA_ARGS__)
#define SECRET   phi("secret")

AT_UNUSED static int broken(const char *what)
{
	fprintf(stderr, "broken: %s: %s\n", what, strerror(errno));
	return AT_BROKEN;
}

AT_UNUSED static int not_here(const char *why)
{
	fprintf(stderr, "not applicable: %s\n", why);
	return AT_NOT_HERE;
}

/* The call failed: is that how a refusal looks, or is the test at fault? */
AT_UNUSED static int refused(const char *what)
{
	if (errno != EPERM && errno != EACCES && errno != EXDEV)
		return broken(what);
	fprintf(stderr, "refused: %s: %s\n", what, strerrorname_np(errno));
	return AT_REFUSED;
}

/* Refused in a way that sets no errno. */
AT_UNUSED static int refused_silently(const char *what)
{
	fprintf(stderr, "refused: %s: NONE\n", what);
	return AT_REFUSED;
}

AT_UNUSED static int refused_as(const char *what, int error)
{
	errno = error;
	return refused(what);
}

/* The loot is what the secret file holds: the attack works. */
AT_UNUSED static int loot(const void *data, size_t len)
{
	const char *found = data ? memmem(data, len, "PHI-SECRET:", 11) : NULL;
	size_t left = found ? len - (size_t)(found - (const char *)data) : 0;

	if (!found) {
		fprintf(stderr, "broken: %zu bytes, none of them the secret\n", len);
		return AT_BROKEN;
	}
	printf("loot: %.*s\n",
	       (int)strcspn(found, "\n") < (int)left ? (int)strcspn(found, "\n") : (int)left,
	       found);
	return AT_WORKS;
}

/* Something other than the contents was learnt or changed. */
AT_UNUSED __attribute__((format(printf, 1, 2))) static int works(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("works: ");
	vprintf(fmt, args);
	printf("\n");
	va_end(args);
	return AT_WORKS;
}

AT_UNUSED static int loot_fd(int fd)
{
	char buf[65536];
	ssize_t len = read(fd, buf, sizeof(buf) - 1);

	if (len < 0)
		return refused("read");
	buf[len] = '\0';
	return loot(buf, (size_t)len);
}

AT_UNUSED static int loot_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? refused("open") : loot_fd(fd);
}

AT_UNUSED static int loot_map(int fd)
{
	const char *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	return map == MAP_FAILED ? refused("mmap") : loot(map, strnlen(map, 4096));
}

AT_UNUSED static int put_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t len = strlen(text);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len || fchmod(fd, mode) < 0)
		return broken(path);
	close(fd);
	return 0;
}

AT_UNUSED static ssize_t get_file(const char *path, char *ret_text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, ret_text, size - 1);

	ret_text[len < 0 ? 0 : len] = '\0';
	if (fd >= 0)
		close(fd);
	return len;
}

/* A number that is all of @text but a line's end. */
AT_UNUSED static unsigned long long at_number(const char *text)
{
	char *end;

	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);
	if (errno || end == text || *text == '-' || (*end && *end != '\n')) {
		fprintf(stderr, "broken: '%s' is no number\n", text);
		exit(AT_BROKEN);
	}
	return value;
}

/* The event will name this path, not the default. */
AT_UNUSED static int expect_path(const char *path)
{
	return put_file(own("event-path"), path, 0644);
}

AT_UNUSED static int copy_file(const char *from, const char *to, mode_t mode)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	ssize_t len;

	if (in < 0 || out < 0)
		return broken("copy");
	while ((len = sendfile(out, in, NULL, 1 << 20)) > 0)
		;
	if (len < 0 || fchmod(out, mode) < 0)
		return broken("copy");
	close(in);
	close(out);
	return 0;
}

/* Makes the kernel forget dentries and inodes that nobody holds. */
AT_UNUSED static int drop_caches(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

	sync();
	if (fd < 0 || write(fd, "3", 1) < 0)
		return broken("drop_caches");
	close(fd);
	return 0;
}

/* Waits for a file that someone else makes. */
AT_UNUSED static int await_file(const char *path)
{
	for (int ms = 0; ms < AT_DEADLINE_MS; ms += 10) {
		if (access(path, F_OK) == 0)
			return 0;
		poll(NULL, 0, 10);
	}
	errno = ETIMEDOUT;
	return broken(path);
}

/* A user and mount namespace of one's own, as root in it: what any user may make. */
AT_UNUSED static int enter_userns(void)
{
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return errno == EPERM || errno == ENOSPC ? not_here("no user namespaces")
							 : broken("unshare");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	int fd = open("/proc/self/setgroups", O_WRONLY);
	if (fd < 0 || write(fd, "deny", 4) < 0)
		return broken("setgroups");
	close(fd);
	fd = open("/proc/self/uid_map", O_WRONLY);
	if (fd < 0 || write(fd, map, strlen(map)) < 0)
		return broken("uid_map");
	close(fd);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	fd = open("/proc/self/gid_map", O_WRONLY);
	if (fd < 0 || write(fd, map, strlen(map)) < 0)
		return broken("gid_map");
	close(fd);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return broken("private mounts");
	return 0;
}

/* A mount namespace of one's own, for root. */
AT_UNUSED static int enter_mountns(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return broken("mount namespace");
	return 0;
}

/*
 * The holder: a process that outlives the start of the agent with what prepare() took, and
 * runs act() when the attack phase says so. Talks over two FIFOs in OWN_DIR.
 */
AT_UNUSED static int at_hold(int (*prepare)(void), int (*act)(void))
{
	int ready[2], status = AT_BROKEN;
	pid_t pid;

	if (mkfifo(own("go"), 0666) < 0 || mkfifo(own("result"), 0666) < 0 || pipe(ready) < 0)
		return broken("holder");
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return broken("fork");
	if (pid > 0) {
		char text[16];

		close(ready[1]);
		snprintf(text, sizeof(text), "%d", pid);
		if (read(ready[0], &status, sizeof(status)) != sizeof(status))
			status = AT_BROKEN;
		return put_file(own("holder.pid"), text, 0644) ?: status;
	}
	close(ready[0]);
	setsid();
	alarm(600);
	status = prepare();
	fflush(NULL);
	int null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	if (write(ready[1], &status, sizeof(status)) < 0 || status)
		_exit(status);
	close(ready[1]);
	if (open(own("go"), O_RDONLY) < 0)
		_exit(AT_BROKEN);
	int out = open(own("result"), O_WRONLY);
	dup2(out, 1);
	dup2(out, 2);
	setvbuf(stdout, NULL, _IONBF, 0);
	status = act();
	printf("\nexit %d\n", status);
	_exit(status);
}

AT_UNUSED static int at_release(void)
{
	char text[8192];
	size_t len = 0;
	ssize_t got;
	int fd = open(own("go"), O_WRONLY | O_CLOEXEC);

	if (fd < 0 || (fd = open(own("result"), O_RDONLY | O_CLOEXEC)) < 0)
		return broken("holder");
	while (len < sizeof(text) - 1 && (got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	char *end = strstr(text, "\nexit ");
	if (!end) {
		fprintf(stderr, "broken: the holder died: %s\n", text);
		return AT_BROKEN;
	}
	*end = '\0';
	printf("%s\n", text);
	return (int)at_number(end + 6);
}

#define HELD(prepare, act)                    \
	static int setup(void)                \
	{                                     \
		return at_hold(prepare, act); \
	}                                     \
	static int attack(void)               \
	{                                     \
		return at_release();          \
	}

/* prepare(): the secret is opened before the start, and held. */
#define HOLDS_SECRET(flags)                           \
	static int held = -1;                         \
	static int prepare(void)                      \
	{                                             \
		held = open(SECRET, flags);           \
		return held < 0 ? broken("open") : 0; \
	}

#ifndef AT_OWN_MAIN
static int attack(void);
static int setup(void);
static const char *at_info(void);

int main(int argc, char **argv)
{
	const char *phase = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IONBF, 0);
	umask(0);
	if (strcmp(phase, "info") == 0)
		return puts(at_info()) < 0;
	if (strcmp(phase, "setup") == 0)
		return setup();
	if (strcmp(phase, "attack") == 0)
		return attack();
	fprintf(stderr, "usage: %s info|setup|attack\n", argv[0]);
	return 2;
}
#endif

#endif /* PHIWARD_ATTACK_H */
