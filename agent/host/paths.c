/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Paths of the policy on this host. Whatever touches a file system runs in the worker; a
 * mount that did not answer is left alone until it is to be tried again.
 */
#include "host/paths.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "host/mounts.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define DEFAULT_TIMEOUT_MS 2000
#define HUNG_MAX           64

struct pw_paths {
	struct pw_worker *worker; /* borrowed */
	unsigned int timeout_ms;
	char *hung[HUNG_MAX];
	size_t n_hung;
};

int pw_paths_new(struct pw_worker *worker, unsigned int timeout_ms, struct pw_paths **ret_paths)
{
	struct pw_paths *paths = calloc(1, sizeof(*paths));

	if (!paths)
		return -ENOMEM;
	paths->worker = worker;
	paths->timeout_ms = timeout_ms ? timeout_ms : DEFAULT_TIMEOUT_MS;
	*ret_paths = paths;
	return 0;
}

void pw_paths_retry(struct pw_paths *paths)
{
	while (paths->n_hung)
		free(paths->hung[--paths->n_hung]);
}

void pw_paths_free(struct pw_paths **paths)
{
	if (!*paths)
		return;
	pw_paths_retry(*paths);
	free(*paths);
	*paths = NULL;
}

size_t pw_paths_hung(const struct pw_paths *paths, const char *const **ret_mounts)
{
	*ret_mounts = (const char *const *)paths->hung;
	return paths->n_hung;
}

static bool is_under(const char *path, const char *mount)
{
	size_t len = strlen(mount);

	if (strcmp(mount, "/") == 0)
		return true;
	return strncmp(path, mount, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

bool pw_paths_hangs(const struct pw_paths *paths, const char *path)
{
	for (size_t i = 0; i < paths->n_hung; i++)
		if (is_under(path, paths->hung[i]))
			return true;
	return false;
}

/*
 * Remember that looking at @path hung. A symlink may have led elsewhere: where only the
 * root file system would be to blame, the path alone is.
 */
static void remember(struct pw_paths *paths, const char *path)
{
	_cleanup_(pw_mounts_free) struct pw_mounts mounts = { 0 };
	const struct pw_mount *mount = NULL;
	char *hung;

	if (pw_mounts_read(&mounts) == 0)
		mount = pw_mounts_of(&mounts, path);
	hung = strdup(mount && strcmp(mount->point, "/") ? mount->point : path);
	if (!hung)
		return;
	if (paths->n_hung == HUNG_MAX)
		free(hung);
	else
		paths->hung[paths->n_hung++] = hung;
}

struct request { /* owned by the worker's thread once it has timed out */
	char *path;
	int flags;
	int fd;
	char *canonical;
};

static void request_free(void *arg)
{
	struct request *request = arg;

	if (!request)
		return;
	pw_fd_close(request->fd);
	free(request->path);
	free(request->canonical);
	free(request);
}

static void cleanup_request(struct request **request)
{
	request_free(*request);
}

static int open_call(void *arg)
{
	struct request *request = arg;

	request->fd = open(request->path, O_PATH | O_CLOEXEC | request->flags);
	return request->fd < 0 ? -errno : 0;
}

/* realpath() of the longest part that exists, and the rest behind it. */
static int canonical_call(void *arg)
{
	struct request *request = arg;
	_cleanup_str_ struct pw_str whole = { 0 };
	_cleanup_free_ char *real = NULL;
	size_t len = strlen(request->path), cut = len;
	char *path = request->path;

	while (len > 1 && path[len - 1] == '/')
		path[--len] = '\0';
	for (cut = len;;) {
		char keep = path[cut];

		path[cut] = '\0';
		real = realpath(cut ? path : "/", NULL);
		path[cut] = keep;
		if (real)
			break;
		if (errno != ENOENT && errno != ENOTDIR)
			return -errno;
		if (cut == 0)
			return -ENOENT;
		while (cut > 0 && path[--cut] != '/')
			;
	}
	pw_str_add(&whole, real);
	if (whole.len == 1 && cut < len)
		pw_str_reset(&whole);
	pw_str_add(&whole, path + cut);
	if (whole.len > PATH_MAX)
		return -ENAMETOOLONG;
	request->canonical = pw_str_take(&whole);
	return request->canonical ? 0 : -ENOMEM;
}

int pw_paths_run(struct pw_paths *paths, const char *path, int (*call)(void *arg),
		 void (*free_arg)(void *arg), void **arg)
{
	int result = 0, r;

	if (path[0] != '/')
		return -EINVAL;
	if (pw_paths_hangs(paths, path))
		return -ETIMEDOUT;
	r = pw_worker_run(paths->worker, call, free_arg, *arg, paths->timeout_ms, &result);
	if (r == -ETIMEDOUT) {
		*arg = NULL; /* the thread's now */
		remember(paths, path);
	}
	return r < 0 ? r : result;
}

static int run(struct pw_paths *paths, int (*call)(void *arg), const char *path, int flags,
	       struct request **ret_request)
{
	_cleanup_(cleanup_request) struct request *request = calloc(1, sizeof(*request));
	void *arg = request;
	int r;

	if (!request)
		return -ENOMEM;
	request->fd = -EBADF;
	request->flags = flags;
	request->path = strdup(path);
	if (!request->path)
		return -ENOMEM;
	r = pw_paths_run(paths, path, call, request_free, &arg);
	request = arg;
	if (r == 0)
		*ret_request = TAKE_PTR(request);
	return r;
}

int pw_paths_canonical(void *paths, const char *path, char **ret)
{
	_cleanup_(cleanup_request) struct request *request = NULL;
	int r = run(paths, canonical_call, path, 0, &request);

	if (r == 0)
		*ret = TAKE_PTR(request->canonical);
	return r;
}

int pw_paths_open(struct pw_paths *paths, const char *path, int flags, int *ret_fd)
{
	_cleanup_(cleanup_request) struct request *request = NULL;
	int r = run(paths, open_call, path, flags, &request);

	if (r == 0)
		*ret_fd = TAKE_FD(request->fd);
	return r;
}
