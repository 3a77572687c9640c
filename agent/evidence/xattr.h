/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The xattr security.phiward of a file: its labels by name, so that they survive what the
 * store does not see (backup and restore, a disk in another machine). Only root may set it.
 */
#ifndef PW_EVIDENCE_XATTR_H
#define PW_EVIDENCE_XATTR_H

#include <stdint.h>
#include <stddef.h>

struct pw_tagging {
	const char *path;
	uint64_t inode;
	uint32_t dev; /* kernel encoding */
	uint32_t generation;
	const char *value; /* NULL: remove it */
	size_t len;
};

/*
 * Give the file at @path the value, if it still is the file that is meant. May hang with its
 * file system. Returns 0; -ESTALE: it is another one; -ENOTSUP: no xattrs there; -errno.
 */
int pw_xattr_tag(const struct pw_tagging *tagging);

/* The same for a file that is open (O_PATH will do). */
int pw_xattr_tag_fd(int fd, const char *value, size_t len);

/* Read it into @value of @size bytes. Returns its length; -ENODATA: there is none; -errno. */
int pw_xattr_read_fd(int fd, char *value, size_t size);

/*
 * Generation of the inode of @fd (O_PATH will do; a plain file or directory) as the kernel
 * has it. Returns 0; -ENOTTY: its file system does not tell; -errno.
 */
int pw_xattr_generation(int fd, uint32_t *ret_generation);

#endif /* PW_EVIDENCE_XATTR_H */
