/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening what somebody names. Who asks is root, but no link is followed anywhere: between
 * the asking and the change somebody else may have put one there, and a label would come
 * off another file.
 */
#include "daemon/labels.h"

#include "base/cleanup.h"
#include "evidence/xattr.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

void pw_opened_free(void *arg)
{
	struct pw_opened *call = arg;

	if (!call)
		return;
	pw_fd_close(call->fd);
	free(call->path);
	free(call);
}

static int open_run(void *arg)
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	struct pw_opened *call = arg;

	call->fd = (int)syscall(SYS_openat2, AT_FDCWD, call->path, &how, sizeof(how));
	if (call->fd < 0)
		return -errno;
	if (fstat(call->fd, &call->st) < 0)
		return -errno;
	if (!S_ISREG(call->st.st_mode) && !S_ISDIR(call->st.st_mode))
		return 0;
	call->has_generation = pw_xattr_generation(call->fd, &call->generation) == 0;
	call->xattr_len = pw_xattr_read_fd(call->fd, call->xattr, sizeof(call->xattr));
	return 0;
}

int pw_opened_new(struct pw_daemon *d, const char *path, struct pw_opened **ret_opened)
{
	struct pw_opened *call = calloc(1, sizeof(*call));
	void *arg = call;
	int r;

	if (!call)
		return -ENOMEM;
	call->fd = -EBADF;
	call->path = strdup(path);
	if (!call->path) {
		pw_opened_free(call);
		return -ENOMEM;
	}
	r = pw_paths_run(d->paths, path, open_run, pw_opened_free, &arg);
	if (r == 0)
		*ret_opened = arg;
	else
		pw_opened_free(arg);
	return r;
}
