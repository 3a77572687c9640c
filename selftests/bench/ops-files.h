/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that the cases of ops.c use: where they lie, and making them. */
#ifndef PHIWARD_OPS_FILES_H
#define PHIWARD_OPS_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BASE     "/srv/bench"
#define ELSE     "/tmp/bench" /* another superblock */
#define DOWN_13  "/1/2/3/4/5/6/7/8/9/10/11/12/13"
#define N        2000 /* files and turns of a case */
#define WARM     64   /* turns before those that count */
#define N_NEW    200  /* directories never seen before */
#define N_LABEL  1000
#define PATH_LEN 200

static char buffer[65536];

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

#endif /* PHIWARD_OPS_FILES_H */
