/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "evidence/xattr.h"

#include "base/cleanup.h"
#include "evidence/labels.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

/* The way to a file that is open with O_PATH, past its names. */
static void link_of(int fd, char ret_link[static 64])
{
	snprintf(ret_link, 64, "/proc/self/fd/%d", fd);
}

int pw_xattr_tag_fd(int fd, const char *value, size_t len)
{
	char link[64];
	int r;

	link_of(fd, link);
	r = value ? setxattr(link, PW_LABELS_XATTR, value, len, 0)
		  : removexattr(link, PW_LABELS_XATTR);
	if (r == 0 || (!value && errno == ENODATA))
		return 0;
	return errno == EOPNOTSUPP ? -ENOTSUP : -errno;
}

int pw_xattr_read_fd(int fd, char *value, size_t size)
{
	char link[64];
	ssize_t n;

	link_of(fd, link);
	n = getxattr(link, PW_LABELS_XATTR, value, size);
	if (n < 0)
		return errno == EOPNOTSUPP ? -ENODATA : -errno;
	return (int)n;
}

/* tmpfs has no such call, but puts it first into its file handles. */
static int generation_of_tmpfs(int fd, uint32_t *ret_generation)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .handle = { .handle_bytes = MAX_HANDLE_SZ } };
	struct statfs fs;
	int mount;

	if (fstatfs(fd, &fs) < 0 || fs.f_type != TMPFS_MAGIC)
		return -ENOTTY;
	if (name_to_handle_at(fd, "", &u.handle, &mount, AT_EMPTY_PATH) < 0)
		return -ENOTTY;
	if (u.handle.handle_bytes < sizeof(*ret_generation))
		return -ENOTTY;
	memcpy(ret_generation, u.handle.f_handle, sizeof(*ret_generation));
	return 0;
}

int pw_xattr_generation(int fd, uint32_t *ret_generation)
{
	_cleanup_close_ int file = -EBADF;
	long generation = 0; /* the kernel writes an int, whatever the type of the call says */
	char link[64];

	link_of(fd, link);
	file = open(link, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (file < 0)
		return -errno;
	if (ioctl(file, FS_IOC_GETVERSION, &generation) < 0)
		return generation_of_tmpfs(fd, ret_generation);
	*ret_generation = (uint32_t)generation;
	return 0;
}

/* Where stat(2) tells another device number than the kernel has. */
static bool has_own_numbers(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 &&
	       (fs.f_type == BTRFS_SUPER_MAGIC || fs.f_type == OVERLAYFS_SUPER_MAGIC);
}

static bool is_meant(int fd, const struct pw_tagging *tagging)
{
	uint32_t generation;
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_ino != tagging->inode)
		return false;
	if ((major(st.st_dev) << 20 | minor(st.st_dev)) != tagging->dev && !has_own_numbers(fd))
		return false;
	r = pw_xattr_generation(fd, &generation);
	return r == -ENOTTY || (r == 0 && generation == tagging->generation);
}

int pw_xattr_tag(const struct pw_tagging *tagging)
{
	_cleanup_close_ int fd = open(tagging->path, O_PATH | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return -errno;
	if (!is_meant(fd, tagging))
		return -ESTALE;
	return pw_xattr_tag_fd(fd, tagging->value, tagging->len);
}
