/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One mount of our own for each mount that something is opened on, made when it is first
 * needed. Names tell which mount a path should be on; that both ways lead to the same object
 * is asked of the kernel, since something may be mounted over either.
 */
#include "host/own.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct copy { /* of a mount; hung threads may hold it longer than its struct pw_own */
	atomic_uint references;
	int fd;
	size_t len; /* of the mount's point */
};

struct pw_own {
	struct pw_paths *paths;
	const struct pw_mounts *mounts;
	struct copy **copy; /* of each mount */
	bool *tried;
};

struct request {           /* owned by the worker's thread once it has timed out */
	struct copy *copy; /* NULL: make one, of the mount at path */
	char *path;
	int flags;
	int fd;
};

static void copy_unref(struct copy *copy)
{
	if (!copy || atomic_fetch_sub(&copy->references, 1) != 1)
		return;
	pw_fd_close(copy->fd);
	free(copy);
}

static void request_free(void *data)
{
	struct request *request = data;

	if (!request)
		return;
	copy_unref(request->copy);
	pw_fd_close(request->fd);
	free(request->path);
	free(request);
}

static void cleanup_request(void **data)
{
	request_free(*data);
}

static struct request *request_new(struct copy *copy, const char *path, int flags)
{
	struct request *request = calloc(1, sizeof(*request));

	if (!request)
		return NULL;
	request->fd = -EBADF;
	request->flags = flags;
	request->path = strdup(path);
	if (!request->path) {
		free(request);
		return NULL;
	}
	if (copy)
		atomic_fetch_add(&copy->references, 1);
	request->copy = copy;
	return request;
}

int pw_own_new(struct pw_paths *paths, const struct pw_mounts *mounts, struct pw_own **ret_own)
{
	struct pw_own *own = calloc(1, sizeof(*own));

	if (!own)
		return -ENOMEM;
	own->paths = paths;
	own->mounts = mounts;
	own->copy = calloc(mounts->n + 1, sizeof(*own->copy));
	own->tried = calloc(mounts->n + 1, sizeof(*own->tried));
	if (!own->copy || !own->tried) {
		pw_own_free(&own);
		return -ENOMEM;
	}
	*ret_own = own;
	return 0;
}

void pw_own_free(struct pw_own **own_p)
{
	struct pw_own *own = *own_p;

	if (!own)
		return;
	for (size_t i = 0; own->copy && i < own->mounts->n; i++)
		copy_unref(own->copy[i]);
	free(own->copy);
	free(own->tried);
	free(own);
	*own_p = NULL;
}

/* ---- In the worker's thread ---- */

static int copy_call(void *data)
{
	struct request *request = data;

	request->fd = (int)syscall(SYS_open_tree, AT_FDCWD, request->path,
				   OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW |
					   AT_NO_AUTOMOUNT);
	return request->fd < 0 ? -errno : 0;
}

static bool same(int a, int b)
{
	int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
	struct statx x, y;

	return statx(a, "", flags, STATX_INO, &x) == 0 && statx(b, "", flags, STATX_INO, &y) == 0 &&
	       x.stx_ino == y.stx_ino && x.stx_dev_major == y.stx_dev_major &&
	       x.stx_dev_minor == y.stx_dev_minor;
}

static int open_call(void *data)
{
	struct request *request = data;
	_cleanup_close_ int theirs = open(request->path, O_PATH | O_CLOEXEC | request->flags);
	const char *rest = request->path + request->copy->len;

	if (theirs < 0)
		return -errno;
	rest += strspn(rest, "/");
	request->fd =
		openat(request->copy->fd, *rest ? rest : ".", O_PATH | O_CLOEXEC | request->flags);
	if (request->fd < 0 || !same(theirs, request->fd)) {
		pw_fd_close(request->fd);
		request->fd = TAKE_FD(theirs);
	}
	return 0;
}

/* ---- In the caller's ---- */

static struct copy *copy_of(struct pw_own *own, const char *path)
{
	const struct pw_mount *mount = pw_mounts_of(own->mounts, path);
	size_t i = mount ? (size_t)(mount - own->mounts->item) : 0;
	_cleanup_(cleanup_request) void *data = NULL;
	struct request *request;

	if (!mount || strcmp(mount->point, "/") == 0 || own->tried[i])
		return mount ? own->copy[i] : NULL;
	own->tried[i] = true;
	data = request = request_new(NULL, mount->point, 0);
	if (!request || pw_paths_run(own->paths, mount->point, copy_call, request_free, &data) < 0)
		return NULL;
	own->copy[i] = calloc(1, sizeof(*own->copy[i]));
	if (!own->copy[i])
		return NULL;
	*own->copy[i] = (struct copy){ 1, TAKE_FD(request->fd), strlen(mount->point) };
	return own->copy[i];
}

int pw_own_open(struct pw_own *own, const char *path, int flags, int *ret_fd)
{
	struct copy *copy = copy_of(own, path);
	_cleanup_(cleanup_request) void *data = NULL;
	struct request *request;
	int r;

	if (!copy)
		return pw_paths_open(own->paths, path, flags, ret_fd);
	data = request = request_new(copy, path, flags);
	if (!request)
		return -ENOMEM;
	r = pw_paths_run(own->paths, path, open_call, request_free, &data);
	if (r == 0)
		*ret_fd = TAKE_FD(request->fd);
	return r;
}
