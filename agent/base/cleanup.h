/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cleanup by scope: whoever reads one function can tell that it does not leak.
 * A scope is left with a resource only through TAKE_PTR/TAKE_FD.
 */
#ifndef PW_BASE_CLEANUP_H
#define PW_BASE_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Close @fd if it is one, keeping errno. Returns -EBADF, to be assigned back. */
static inline int pw_fd_close(int fd)
{
	if (fd >= 0) {
		int keep = errno;

		close(fd);
		errno = keep;
	}
	return -EBADF;
}

static inline void pw_cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void pw_cleanup_close(int *fd)
{
	pw_fd_close(*fd);
}

static inline void pw_cleanup_fclose(FILE **file)
{
	if (*file)
		fclose(*file);
}

static inline void pw_cleanup_closedir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _cleanup_free_ _cleanup_(pw_cleanup_free)
#define _cleanup_close_ _cleanup_(pw_cleanup_close)
#define _cleanup_fclose_ _cleanup_(pw_cleanup_fclose)
#define _cleanup_closedir_ _cleanup_(pw_cleanup_closedir)

#define TAKE_PTR(p)                       \
	({                                \
		__typeof__(p) _taken = (p); \
		(p) = NULL;               \
		_taken;                   \
	})

#define TAKE_FD(fd)               \
	({                        \
		int _taken = (fd); \
		(fd) = -EBADF;    \
		_taken;           \
	})

#define PW_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif /* PW_BASE_CLEANUP_H */
