// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the bench measures, in the guest:
 *
 *   ops list                    the cases: "group <tab> name" a line
 *   ops setup, ops setup-macro  make the files that the cases use
 *   ops trees N DIR             makes N directories DIR/NNN/NNN and prints their paths
 *   ops run GROUPS [TEXT...]    runs the cases of these groups (comma-separated) whose name
 *                               holds one of the TEXTs (none: all) and prints
 *                               "result <tab> name <tab> median <tab> mean <tab> n <tab> refused"
 *   ops ready SECONDS COMMAND.. starts COMMAND, waits for its READY=1 (sd_notify), prints
 *                               "ready <tab> nanoseconds <tab> pid" and leaves it alone
 *
 * Time is that of the TSC, where the guest counts instructions one tick an instruction; what
 * taking the time costs is subtracted. Every case has a process of its own.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define BASE     "/srv/bench"
#define ELSE     "/tmp/bench" /* another superblock */
#define DOWN_13  "/1/2/3/4/5/6/7/8/9/10/11/12/13"
#define N        2000 /* files and turns of a case */
#define WARM     64   /* turns before those that count */
#define N_NEW    200  /* directories never seen before */
#define N_LABEL  1000
#define PATH_LEN 200

static char (*paths)[PATH_LEN];
static unsigned long long *samples;
static char buffer[65536];
static int fd = -1, listener = -1;
static struct sockaddr_in address = { .sin_family = AF_INET };
static unsigned int n_refused;

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "ops: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, ": %s\n", strerror(errno));
	va_end(args);
	exit(1);
}

/* ---- Files ---- */

static void make_dirs(const char *path) /* of everything up to the last slash */
{
	char part[PATH_LEN];

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			die("%s", part);
	}
}

static void make_file(const char *path, size_t size)
{
	int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (to < 0 && errno == ENOENT) {
		make_dirs(path);
		to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	}
	if (to < 0 || write(to, buffer, size) != (ssize_t)size)
		die("%s", path);
	close(to);
}

static void new_path(char path[PATH_LEN], unsigned int levels, unsigned int i)
{
	int len = snprintf(path, PATH_LEN, BASE "/new/%u/%03u", levels, i);

	while (--levels)
		len += snprintf(path + len, (size_t)(PATH_LEN - len), "/d");
	snprintf(path + len, (size_t)(PATH_LEN - len), "/f");
}

static void setup(void)
{
	static const unsigned int levels[] = { 1, 4, 16 };
	char path[PATH_LEN];

	memset(buffer, 'x', sizeof(buffer));
	make_file(BASE "/w4/a/f", 4096);
	make_file(BASE "/w16" DOWN_13 "/f", 4096);
	make_file(ELSE "/w4/a/f", 4096);
	make_file(ELSE "/w16" DOWN_13 "/f", 4096);
	make_file(BASE "/w4/a/data", sizeof(buffer));
	make_file(BASE "/w4/made/x", 1);
	for (int i = 0; i < N + WARM; i++) {
		snprintf(path, sizeof(path), BASE "/k4/a/f%04d", i);
		make_file(path, 1);
		snprintf(path, sizeof(path), BASE "/k16" DOWN_13 "/f%04d", i);
		make_file(path, 1);
	}
	for (size_t k = 0; k < sizeof(levels) / sizeof(*levels); k++) {
		for (unsigned int i = 0; i < N_NEW; i++) {
			new_path(path, levels[k], i);
			make_file(path, 1);
		}
		snprintf(path, sizeof(path), BASE "/new/%u/seen", levels[k]);
		make_file(path, 1);
	}
	for (int i = 0; i < N_LABEL + WARM; i++) {
		snprintf(path, sizeof(path), BASE "/labelled/d/f%04d", i);
		make_file(path, 4096);
	}
}

/* 20,000 files in 110 directories */
static void setup_macro(void)
{
	char path[PATH_LEN];

	/* lines of text: an agent that looks into files shall find something usual */
	for (size_t i = 0; i < sizeof(buffer); i++)
		buffer[i] = i % 64 == 63 ? '\n' : i % 7 == 6 ? ' ' : 'x';
	for (unsigned int i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), BASE "/macro/%u/%u/file-%03u", i / 2000, i / 200 % 10,
			 i % 200);
		make_file(path, 500 + i * 37 % 4000);
	}
}

static void make_trees(unsigned int n, const char *dir)
{
	char path[PATH_LEN];

	for (unsigned int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%03u/%03u", dir, i / 1000, i % 1000);
		if (mkdir(path, 0755) < 0) {
			if (errno == ENOENT)
				make_dirs(path);
			if (mkdir(path, 0755) < 0 && errno != EEXIST)
				die("%s", path);
		}
		puts(path);
	}
}

/* ---- Operations: turn i of a case ---- */

static void op_nothing(int i)
{
	(void)i;
}

static void op_open(int i)
{
	int file = open(paths[i], O_RDONLY | O_CLOEXEC);

	if (file < 0)
		n_refused++;
	else
		close(file);
}

static void op_open_read(int i)
{
	int file = open(paths[i], O_RDONLY | O_CLOEXEC);

	if (file < 0 || read(file, buffer, 4096) != 4096)
		n_refused++;
	close(file);
}

static void op_stat(int i)
{
	struct stat st;

	if (stat(paths[i], &st) < 0)
		n_refused++;
}

static void op_pread(int i)
{
	if (pread(fd, buffer, 4096, 0) != 4096)
		n_refused++;
}

static void op_pwrite(int i)
{
	if (pwrite(fd, buffer, 4096, 0) != 4096)
		n_refused++;
}

static void op_create(int i)
{
	int file = open(paths[i], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (file < 0)
		n_refused++;
	close(file);
	unlink(paths[i]);
}

static void before_connect(int i)
{
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void op_connect(int i)
{
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		n_refused++;
}

static void after_connect(int i)
{
	struct linger at_once = { .l_onoff = 1 };
	int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(fd);
	close(peer);
}

static void op_sendto(int i)
{
	if (sendto(fd, buffer, 64, 0, (struct sockaddr *)&address, sizeof(address)) != 64)
		n_refused++;
}

static void after_sendto(int i)
{
	if (recv(listener, buffer, sizeof(buffer), 0) != 64)
		n_refused++;
}

static void run_command(const char *const argv[])
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		n_refused++;
}

static void op_exec(int i)
{
	static const char *const argv[] = { "/opt/bench/true", NULL };

	run_command(argv);
}

static void op_find(int i)
{
	static const char *const argv[] = {
		"/bin/sh", "-c", "exec find " BASE "/macro -type f -exec cat {} + >/dev/null", NULL
	};

	run_command(argv);
}

static void op_tar(int i)
{
	static const char *const argv[] = { "/bin/sh", "-c",
					    "exec tar -C " BASE " -cf /dev/zero macro", NULL };

	run_command(argv);
}

/* ---- Cases ---- */

static void same(const char *path)
{
	for (int i = 0; i < N + WARM; i++)
		snprintf(paths[i], PATH_LEN, "%s", path);
}

static void prepare_w4(void)
{
	same(BASE "/w4/a/f");
}

static void prepare_w16(void)
{
	same(BASE "/w16" DOWN_13 "/f");
}

static void prepare_else4(void)
{
	same(ELSE "/w4/a/f");
}

static void prepare_else16(void)
{
	same(ELSE "/w16" DOWN_13 "/f");
}

static void prepare_k4(void)
{
	for (int i = 0; i < N + WARM; i++)
		snprintf(paths[i], PATH_LEN, BASE "/k4/a/f%04d", i);
}

static void prepare_k16(void)
{
	for (int i = 0; i < N + WARM; i++)
		snprintf(paths[i], PATH_LEN, BASE "/k16" DOWN_13 "/f%04d", i);
}

static void prepare_new(unsigned int levels)
{
	snprintf(paths[0], PATH_LEN, BASE "/new/%u/seen", levels);
	for (int i = 0; i < WARM; i++)
		op_open(0);
	for (unsigned int i = 0; i < N_NEW; i++)
		new_path(paths[i], levels, i);
}

static void prepare_new1(void)
{
	prepare_new(1);
}

static void prepare_new4(void)
{
	prepare_new(4);
}

static void prepare_new16(void)
{
	prepare_new(16);
}

static void prepare_data(void)
{
	fd = open(BASE "/w4/a/data", O_RDWR | O_CLOEXEC);
}

static void prepare_create(void)
{
	for (int i = 0; i < N + WARM; i++)
		snprintf(paths[i], PATH_LEN, BASE "/w4/made/f%04d", i);
}

static void prepare_socket(int type)
{
	socklen_t len = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&address, len) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &len) < 0)
		die("socket");
}

static void prepare_connect(void)
{
	prepare_socket(SOCK_STREAM);
	if (listen(listener, 16) < 0)
		die("listen");
}

static void prepare_sendto(void)
{
	prepare_socket(SOCK_DGRAM);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static void prepare_labelled(void)
{
	same(BASE "/labelled/d/f0000");
}

static void prepare_labelled_each(void)
{
	for (int i = 0; i < N_LABEL + WARM; i++)
		snprintf(paths[i], PATH_LEN, BASE "/labelled/d/f%04d", i);
}

static const struct bench {
	const char *group, *name;
	int n, warm;
	void (*prepare)(void), (*before)(int), (*op)(int), (*after)(int);
} benches[] = {
	/* the directories never seen come first: nothing may have walked there before */
	{ "micro", "open in 1 new directory", N_NEW - 8, 8, prepare_new1, NULL, op_open, NULL },
	{ "micro", "open in 4 new directories", N_NEW - 8, 8, prepare_new4, NULL, op_open, NULL },
	{ "micro", "open in 16 new directories", N_NEW - 8, 8, prepare_new16, NULL, op_open, NULL },
	{ "micro", "first open d4", N, WARM, prepare_k4, NULL, op_open, NULL },
	{ "micro", "first open d16", N, WARM, prepare_k16, NULL, op_open, NULL },
	{ "micro", "open+close d4", N, WARM, prepare_w4, NULL, op_open, NULL },
	{ "micro", "open+close d16", N, WARM, prepare_w16, NULL, op_open, NULL },
	{ "micro", "open+close d4, other superblock", N, WARM, prepare_else4, NULL, op_open, NULL },
	{ "micro", "open+close d16, other superblock", N, WARM, prepare_else16, NULL, op_open,
	  NULL },
	{ "micro", "stat d4", N, WARM, prepare_w4, NULL, op_stat, NULL },
	{ "micro", "pread 4K", N, WARM, prepare_data, NULL, op_pread, NULL },
	{ "micro", "pwrite 4K", N, WARM, prepare_data, NULL, op_pwrite, NULL },
	{ "micro", "connect", 1000, WARM, prepare_connect, before_connect, op_connect,
	  after_connect },
	{ "micro", "sendto", N, WARM, prepare_sendto, NULL, op_sendto, after_sendto },
	{ "micro", "fork+exec", 200, 16, NULL, NULL, op_exec, NULL },
	{ "micro", "create+unlink", 1000, WARM, prepare_create, NULL, op_create, NULL },
	{ "allowed", "allowed: open+read, same file", N, WARM, prepare_labelled, NULL, op_open_read,
	  NULL },
	{ "allowed", "allowed: open+read, an event each", N_LABEL, WARM, prepare_labelled_each,
	  NULL, op_open_read, NULL },
	{ "refused", "refused: open, same file", N, WARM, prepare_labelled, NULL, op_open, NULL },
	{ "refused", "refused: open, each another file", N_LABEL, WARM, prepare_labelled_each, NULL,
	  op_open, NULL },
	{ "macro", "find+cat 20k", 3, 1, NULL, NULL, op_find, NULL },
	{ "macro", "tar 20k", 3, 0, NULL, NULL, op_tar, NULL },
};

#define N_BENCHES (sizeof(benches) / sizeof(*benches))

__attribute__((noinline)) static unsigned long long turn(void (*op)(int), int i)
{
	unsigned long long start = __rdtsc();

	op(i);
	return __rdtsc() - start;
}

static int by_value(const void *a, const void *b)
{
	unsigned long long x = *(const unsigned long long *)a, y = *(const unsigned long long *)b;

	return (x > y) - (x < y);
}

static unsigned long long median(int n)
{
	qsort(samples, (size_t)n, sizeof(*samples), by_value);
	return n % 2 ? samples[n / 2] : (samples[n / 2 - 1] + samples[n / 2]) / 2;
}

static unsigned long long cost_of_time(void)
{
	for (int i = 0; i < 101; i++)
		samples[i] = turn(op_nothing, i);
	return median(101);
}

static void run(const struct bench *bench)
{
	unsigned long long empty = cost_of_time(), sum = 0, middle;

	memset(buffer, 'x', sizeof(buffer));
	if (bench->prepare)
		bench->prepare();
	n_refused = 0;
	for (int i = 0; i < bench->warm + bench->n; i++) {
		unsigned long long took;

		if (i == bench->warm)
			n_refused = 0;
		if (bench->before)
			bench->before(i);
		took = turn(bench->op, i);
		took -= took < empty ? took : empty;
		if (bench->after)
			bench->after(i);
		if (i >= bench->warm) {
			samples[i - bench->warm] = took;
			sum += took;
		}
	}
	middle = median(bench->n);
	printf("result\t%s\t%llu\t%llu\t%d\t%u\n", bench->name, middle,
	       sum / (unsigned int)bench->n, bench->n, n_refused);
	fflush(stdout);
}

static bool is_wanted(const struct bench *bench, const char *groups, char **texts)
{
	size_t len = strlen(bench->group);
	const char *at = strstr(groups, bench->group);

	if (!at || (at[len] && at[len] != ','))
		return false;
	if (!*texts)
		return true;
	for (; *texts; texts++)
		if (strstr(bench->name, *texts))
			return true;
	return false;
}

static int run_all(const char *groups, char **texts)
{
	const size_t size = (N + WARM) * PATH_LEN + (N + WARM) * sizeof(*samples);
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	int r = 0;

	if (memory == MAP_FAILED)
		die("memory");
	paths = (void *)memory;
	samples = (void *)(memory + (N + WARM) * PATH_LEN);
	for (size_t i = 0; i < N_BENCHES; i++) {
		int status;
		pid_t pid;

		if (!is_wanted(&benches[i], groups, texts))
			continue;
		pid = fork();
		if (pid == 0) {
			memset(memory, 0, size); /* its own pages, all there */
			run(&benches[i]);
			exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
			fprintf(stderr, "ops: '%s' failed\n", benches[i].name);
			r = 1;
		}
	}
	return r;
}

/* ---- A service's READY=1 ---- */

static unsigned long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000000000ULL + (unsigned long long)t.tv_nsec;
}

static int ready(int seconds, char **argv)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "/run/bench-notify" };
	int notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), status;
	unsigned long long start, end;
	struct pollfd poller = { .fd = notify, .events = POLLIN };
	pid_t pid;

	unlink(un.sun_path);
	if (bind(notify, (struct sockaddr *)&un, sizeof(un)) < 0)
		die("%s", un.sun_path);
	setenv("NOTIFY_SOCKET", un.sun_path, 1);
	start = now_ns();
	end = start + (unsigned int)seconds * 1000000000ULL;
	pid = fork();
	if (pid == 0) {
		execvp(argv[0], argv);
		die("%s", argv[0]);
	}
	for (;;) {
		char text[4096];
		ssize_t len;

		if (now_ns() >= end) {
			fprintf(stderr, "ops: %s is not ready after %d s\n", argv[0], seconds);
			return 1;
		}
		if (waitpid(pid, &status, WNOHANG) == pid) {
			fprintf(stderr, "ops: %s ended, status %d\n", argv[0],
				WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
			return 1;
		}
		if (poll(&poller, 1, 100) <= 0)
			continue;
		len = recv(notify, text, sizeof(text) - 1, 0);
		if (len <= 0)
			continue;
		text[len] = '\0';
		if (strstr(text, "READY=1")) {
			printf("ready\t%llu\t%d\n", now_ns() - start, (int)pid);
			return 0;
		}
	}
}

int main(int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "list") == 0) {
		for (size_t i = 0; i < N_BENCHES; i++)
			printf("%s\t%s\n", benches[i].group, benches[i].name);
		return 0;
	}
	if (argc >= 2 && strcmp(argv[1], "setup") == 0) {
		setup();
		return 0;
	}
	if (argc >= 2 && strcmp(argv[1], "setup-macro") == 0) {
		setup_macro();
		return 0;
	}
	if (argc == 4 && strcmp(argv[1], "trees") == 0) {
		make_trees((unsigned int)strtoul(argv[2], NULL, 10), argv[3]);
		return 0;
	}
	if (argc >= 3 && strcmp(argv[1], "run") == 0)
		return run_all(argv[2], argv + 3);
	if (argc >= 4 && strcmp(argv[1], "ready") == 0)
		return ready((int)strtol(argv[2], NULL, 10), argv + 3);
	fprintf(stderr,
		"usage: ops list | setup | setup-macro | trees N DIR | run GROUPS [TEXT...] | ready SECONDS COMMAND...\n");
	return 2;
}
