/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Paths of the policy as they are on this host: canonical form, and descriptors of tree
 * roots. Each look at a file system has a time limit; after one that hangs, everything
 * under the same mount fails at once until pw_paths_retry(), and the others are unaffected.
 */
#ifndef PW_HOST_PATHS_H
#define PW_HOST_PATHS_H

#include "host/worker.h"

#include <stdbool.h>
#include <stddef.h>

struct pw_paths;

/* @worker is borrowed. @timeout_ms 0: 2000. Returns 0 or -ENOMEM. */
int pw_paths_new(struct pw_worker *worker, unsigned int timeout_ms, struct pw_paths **ret_paths);
void pw_paths_free(struct pw_paths **paths);

/*
 * Canonical form of @path: symlinks of the part that exists resolved, the rest appended.
 * Has the signature of pw_compile_options.canonical; @paths is a struct pw_paths.
 * Returns 0 with *ret (caller frees); -ETIMEDOUT: the file system hangs; -EINVAL: not
 * absolute; -ELOOP, -ENAMETOOLONG, -EACCES, -ENOMEM, ...
 */
int pw_paths_canonical(void *paths, const char *path, char **ret);

/*
 * Open @path with O_PATH|O_CLOEXEC and @flags (O_NOFOLLOW, O_DIRECTORY).
 * Returns 0 with *ret_fd; -ETIMEDOUT: hangs; -EAGAIN: too much hangs already; -errno of open.
 */
int pw_paths_open(struct pw_paths *paths, const char *path, int flags, int *ret_fd);

/*
 * Call @call(*@arg), which looks at @path, in the worker. Returns what it returns;
 * -ETIMEDOUT: hangs; -EAGAIN: too much hangs already; -EINVAL: not absolute. Where it was
 * given up *@arg is NULL: the thread frees it by @free_arg.
 */
int pw_paths_run(struct pw_paths *paths, const char *path, int (*call)(void *arg),
		 void (*free_arg)(void *arg), void **arg);

/* Mount points that hang; borrowed until the next call. */
size_t pw_paths_hung(const struct pw_paths *paths, const char *const **ret_mounts);

/* Is @path on a mount that is known to hang? */
bool pw_paths_hangs(const struct pw_paths *paths, const char *path);

/* Forget what hung, so that it is tried again. */
void pw_paths_retry(struct pw_paths *paths);

#endif /* PW_HOST_PATHS_H */
