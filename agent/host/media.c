/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All block devices. A uevent only says that it is time to look: whatever it claims, sysfs
 * tells what is there, so that a lost or forged one does no harm.
 */
#include "host/media.h"

#include "base/cleanup.h"

#include <dirent.h>
#include <linux/netlink.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define KERNEL_GROUP  1         /* udev's own messages come on the second */
#define BUFFER_BYTES  (1 << 20) /* a disk with many partitions speaks quickly */
#define MESSAGE_BYTES 16384
#define MESSAGES_MAX  4096 /* taken at a time: who floods us must not keep us here */

struct pw_media {
	const char *sysfs;
	struct nl_sock *socket;
	struct pw_medium_seen *item;
	size_t n;
};

int pw_media_new(const char *sysfs, struct pw_media **ret_media)
{
	struct pw_media *media = calloc(1, sizeof(*media));

	if (!media)
		return -ENOMEM;
	media->sysfs = sysfs;
	*ret_media = media;
	return 0;
}

void pw_media_free(struct pw_media **media)
{
	if (!*media)
		return;
	if ((*media)->socket)
		nl_socket_free((*media)->socket);
	free((*media)->item);
	free(*media);
	*media = NULL;
}

int pw_media_listen(struct pw_media *media)
{
	struct nl_sock *socket = nl_socket_alloc();
	int r;

	if (!socket)
		return -ENOMEM;
	r = nl_connect(socket, NETLINK_KOBJECT_UEVENT);
	if (r == 0)
		r = nl_socket_add_membership(socket, KERNEL_GROUP);
	if (r == 0)
		r = nl_socket_set_nonblocking(socket);
	if (r < 0) {
		nl_socket_free(socket);
		return -EIO;
	}
	nl_socket_set_buffer_size(socket, BUFFER_BYTES, 0);
	media->socket = socket;
	return 0;
}

int pw_media_fd(const struct pw_media *media)
{
	return media->socket ? nl_socket_get_fd(media->socket) : -EBADF;
}

/* Among the "KEY=value" strings of a uevent. */
static bool is_of_block(const char *message, size_t size)
{
	static const char wanted[] = "SUBSYSTEM=block";

	for (size_t at = 0; at < size; at += strnlen(message + at, size - at) + 1)
		if (size - at >= sizeof(wanted) &&
		    memcmp(message + at, wanted, sizeof(wanted)) == 0)
			return true;
	return false;
}

bool pw_media_heard(struct pw_media *media)
{
	char message[MESSAGE_BYTES];
	bool of_block = false;

	for (unsigned int i = 0; i < MESSAGES_MAX && media->socket; i++) {
		ssize_t n = recv(pw_media_fd(media), message, sizeof(message), MSG_DONTWAIT);

		if (n < 0 && errno == ENOBUFS) {
			of_block = true; /* some were lost */
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		of_block = of_block || is_of_block(message, (size_t)n);
	}
	return of_block;
}

static int compare(const void *a, const void *b)
{
	const struct pw_medium_seen *x = a, *y = b;

	if (x->major != y->major)
		return x->major < y->major ? -1 : 1;
	return x->minor < y->minor ? -1 : x->minor > y->minor;
}

static bool is_same(const struct pw_medium_seen *a, const struct pw_medium_seen *b)
{
	return strcmp(a->name, b->name) == 0 && a->kind == b->kind &&
	       strcmp(a->vendor, b->vendor) == 0 && strcmp(a->product, b->product) == 0 &&
	       strcmp(a->serial, b->serial) == 0;
}

static int read_all(struct pw_media *media, struct pw_medium_seen **ret_item, size_t *ret_n)
{
	_cleanup_(pw_mounts_free) struct pw_mounts mounts = { 0 };
	_cleanup_free_ struct pw_medium_seen *item = NULL;
	_cleanup_free_ char *path = NULL;
	size_t n = 0, size = 0;
	DIR *dir;

	if (asprintf(&path, "%s/class/block", media->sysfs) < 0)
		return -ENOMEM;
	if (pw_mounts_read(&mounts) < 0)
		mounts = (struct pw_mounts){ 0 }; /* loop devices then count as removable */
	dir = opendir(path);
	if (!dir)
		return -errno;
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (n == size) {
			struct pw_medium_seen *more;

			size = size ? 2 * size : 32;
			more = reallocarray(item, size, sizeof(*item));
			if (!more) {
				closedir(dir);
				return -ENOMEM;
			}
			item = more;
		}
		if (entry->d_name[0] != '.' &&
		    pw_medium_read(media->sysfs, &mounts, entry->d_name, &item[n]) == 0)
			n++;
	}
	closedir(dir);
	if (n)
		qsort(item, n, sizeof(*item), compare);
	*ret_item = TAKE_PTR(item);
	*ret_n = n;
	return 0;
}

int pw_media_look(struct pw_media *media,
		  void (*changed)(void *ctx, const struct pw_medium_seen *medium, bool gone),
		  void *ctx)
{
	struct pw_medium_seen *before = media->item;
	size_t n_before = media->n, i = 0, j = 0;
	int r = read_all(media, &media->item, &media->n);

	if (r < 0)
		return r;
	while (changed && (i < n_before || j < media->n)) {
		const struct pw_medium_seen *was = i < n_before ? &before[i] : NULL;
		const struct pw_medium_seen *is = j < media->n ? &media->item[j] : NULL;
		int order = !was ? 1 : !is ? -1 : compare(was, is);

		if (order < 0)
			changed(ctx, was, true);
		else if (order > 0 || !is_same(was, is))
			changed(ctx, is, false);
		i += order <= 0;
		j += order >= 0;
	}
	free(before);
	return 0;
}

size_t pw_media_count(const struct pw_media *media)
{
	return media->n;
}

const struct pw_medium_seen *pw_media_at(const struct pw_media *media, size_t index)
{
	return &media->item[index];
}
