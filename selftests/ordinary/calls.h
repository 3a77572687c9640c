/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For the programs of the battery of ordinary work, each a table of small pieces of work:
 * PROGRAM NAME does that one and says what came out; exit 0 when all is as it must be, 77
 * when this kernel cannot. PROGRAM --list prints the names.
 */
#ifndef PHIWARD_CALLS_H
#define PHIWARD_CALLS_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct piece {
	const char *name;
	void (*work)(void);
};

__attribute__((noreturn)) static void failed(const char *what, int line)
{
	int lacks = errno == ENOSYS || errno == EOPNOTSUPP || errno == EAFNOSUPPORT ||
		    errno == EPROTONOSUPPORT;

	printf("line %d: %s: %s\n", line, what, strerror(errno));
	fflush(stdout);
	_exit(lacks ? 77 : 1);
}

/* The value of a call that must not say -1, and what must be true. */
#define must(call)                                  \
	({                                          \
		__typeof__(call) must_ = (call);    \
		if (must_ == (__typeof__(must_))-1) \
			failed(#call, __LINE__);    \
		must_;                              \
	})
#define is_so(condition)                              \
	do {                                          \
		errno = 0;                            \
		if (!(condition))                     \
			failed(#condition, __LINE__); \
	} while (0)

/* fork() for a child that ends within this piece of work. */
static inline pid_t child(void)
{
	fflush(stdout);
	return must(fork());
}

static inline void child_ends(pid_t pid)
{
	int status;

	must(waitpid(pid, &status, 0));
	is_so(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int do_piece(const struct piece *pieces, size_t n, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		for (size_t i = 0; i < n; i++)
			puts(pieces[i].name);
		return 0;
	}
	for (size_t i = 0; argc == 2 && i < n; i++) {
		if (strcmp(argv[1], pieces[i].name) != 0)
			continue;
		alarm(30);
		pieces[i].work();
		printf("%s: done\n", argv[1]);
		return 0;
	}
	fprintf(stderr, "usage: %s NAME | --list\n", argv[0]);
	return 2;
}

#endif /* PHIWARD_CALLS_H */
