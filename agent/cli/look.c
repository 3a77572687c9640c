/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/look.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

/* The path of what @fd stands for, as the kernel names it. */
static int name_of(int fd, struct pw_str *into)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path));
	if (n < 0)
		return -errno;
	if (n == (ssize_t)sizeof(path))
		return -ENAMETOOLONG;
	if (n == 0 || path[0] != '/') /* out of reach from here */
		return -ENOENT;
	return pw_str_add_bytes(into, path, (size_t)n);
}

int pw_look_canonical(void *paths, const char *path, char **ret)
{
	_cleanup_free_ char *part = strdup(path);
	_cleanup_str_ struct pw_str whole = { 0 };
	size_t len = strlen(path), cut;
	int fd, r;

	if (!part)
		return -ENOMEM;
	while (len > 1 && part[len - 1] == '/')
		part[--len] = '\0';
	for (cut = len;;) {
		char keep = part[cut];

		part[cut] = '\0';
		r = pw_paths_open(paths, cut ? part : "/", 0, &fd);
		part[cut] = keep;
		if (r != -ENOENT && r != -ENOTDIR)
			break;
		if (cut == 0)
			return r;
		while (cut > 0 && part[--cut] != '/')
			;
	}
	if (r < 0)
		return r;
	r = name_of(fd, &whole);
	pw_fd_close(fd);
	if (r < 0)
		return r;
	if (whole.len == 1 && cut < len)
		pw_str_reset(&whole);
	pw_str_add(&whole, part + cut);
	*ret = pw_str_take(&whole);
	return *ret ? 0 : -ENOMEM;
}

bool pw_look_is_directory(struct pw_paths *paths, const char *path)
{
	int fd;

	if (pw_paths_open(paths, path, O_DIRECTORY, &fd) < 0)
		return false;
	pw_fd_close(fd);
	return true;
}

struct identity {
	char device[32]; /* "8:1" */
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	};
};

/* "MAJOR:MINOR" of the file system that is mounted as @mount_id. */
static bool device_of(int mount_id, char ret_device[static 32])
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/mountinfo", "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	int id;

	while (file && getline(&line, &size, file) > 0)
		if (sscanf(line, "%d %*d %31s", &id, ret_device) == 2 && id == mount_id)
			return true;
	return false;
}

static bool identify(struct pw_paths *paths, const char *path, struct identity *ret)
{
	int fd, mount_id, r;

	if (pw_paths_open(paths, path, 0, &fd) < 0)
		return false;
	*ret = (struct identity){ .handle = { .handle_bytes = MAX_HANDLE_SZ } };
	r = name_to_handle_at(fd, "", &ret->handle, &mount_id, AT_EMPTY_PATH);
	pw_fd_close(fd);
	return r == 0 && device_of(mount_id, ret->device);
}

bool pw_look_same(struct pw_paths *paths, const char *a, const char *b)
{
	_cleanup_free_ char *name_a = NULL, *name_b = NULL;
	struct identity of_a, of_b;

	if (strcmp(a, b) == 0)
		return true;
	if (pw_look_canonical(paths, a, &name_a) == 0 &&
	    pw_look_canonical(paths, b, &name_b) == 0 && strcmp(name_a, name_b) == 0)
		return true;
	return identify(paths, a, &of_a) && identify(paths, b, &of_b) &&
	       strcmp(of_a.device, of_b.device) == 0 &&
	       of_a.handle.handle_type == of_b.handle.handle_type &&
	       of_a.handle.handle_bytes == of_b.handle.handle_bytes &&
	       memcmp(of_a.handle.f_handle, of_b.handle.f_handle, of_a.handle.handle_bytes) == 0;
}
