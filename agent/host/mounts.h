/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mounts of this host, and the block devices that lie under them. */
#ifndef PW_HOST_MOUNTS_H
#define PW_HOST_MOUNTS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct pw_mount {
	int id;
	uint32_t major, minor; /* of the file system, as the kernel has it */
	char *point;	       /* absolute */
	char *type;
	char *source;
};

struct pw_mounts {
	struct pw_mount *item;
	size_t n;
	size_t *by_point; /* indexes of @item, sorted; the later of two stands behind */
};

/* Read /proc/self/mountinfo. Returns 0 (pw_mounts_free()), -ENOMEM or -errno. */
int pw_mounts_read(struct pw_mounts *ret_mounts);

/* The same from @file, which has the form of mountinfo. Lines that have not are left out. */
int pw_mounts_parse(FILE *file, struct pw_mounts *ret_mounts);
void pw_mounts_free(struct pw_mounts *mounts);

/*
 * The mount that @path (absolute) lies on, going by names, or NULL. Takes time by the depth
 * of @path, not by the number of mounts.
 */
const struct pw_mount *pw_mounts_of(const struct pw_mounts *mounts, const char *path);

struct pw_device {
	uint32_t major, minor;
	int character; /* a generic SCSI device */
};

/*
 * Every device by which the contents of @mount can be read raw: its own, the disk it is a
 * partition of, what lies below a device-mapper or RAID device, generic SCSI beside them.
 * Calls @found for each. Returns 0 or -errno.
 */
int pw_mounts_devices(const struct pw_mount *mount,
		      void (*found)(void *ctx, const struct pw_device *device), void *ctx);

#endif /* PW_HOST_MOUNTS_H */
