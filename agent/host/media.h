/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Block devices of this host and what they are: fixed or removable, and the identity that
 * places of a policy name. From sysfs, kept fresh by the kernel's uevents. What is not here
 * is not known, which to the kernel half is removable.
 */
#ifndef PW_HOST_MEDIA_H
#define PW_HOST_MEDIA_H

#include "host/mounts.h"
#include "phiward/abi.h"

#include <stdbool.h>

#define PW_MEDIUM_TEXT_MAX 127

struct pw_medium_seen {
	char name[64]; /* "sda1", as in /sys/class/block */
	uint32_t major, minor;
	enum pw_medium_kind kind;
	char vendor[5], product[5];          /* of USB: four lower-case hex digits; "": unknown */
	char serial[PW_MEDIUM_TEXT_MAX + 1]; /* "": unknown */
};

/*
 * What the block device @name is; partitions are what their disk is, and devices on others
 * (device-mapper, RAID, loop) removable if any of those is. @sysfs: "/sys"; @mounts: to find
 * what the file of a loop device lies on.
 * Returns 0 with *ret_medium; -ENODEV: it is gone, or cannot be told.
 */
int pw_medium_read(const char *sysfs, const struct pw_mounts *mounts, const char *name,
		   struct pw_medium_seen *ret_medium);

struct pw_media;

/* @sysfs is borrowed. Returns 0 (pw_media_free()) or -ENOMEM; nothing is known yet. */
int pw_media_new(const char *sysfs, struct pw_media **ret_media);
void pw_media_free(struct pw_media **media);

/*
 * Listen to the kernel. Before the process gives up making sockets, and before the first
 * look, so that nothing falls in between. Returns 0 or -errno.
 */
int pw_media_listen(struct pw_media *media);

/* Readable when something happened; -EBADF: does not listen. */
int pw_media_fd(const struct pw_media *media);

/* Take what the kernel has said; true when block devices may be others now. */
bool pw_media_heard(struct pw_media *media);

/*
 * Look at all of them. @changed is called for each that is new, is another than before, or
 * @gone. Returns 0, -ENOMEM or -errno (what was known stays).
 */
int pw_media_look(struct pw_media *media,
		  void (*changed)(void *ctx, const struct pw_medium_seen *medium, bool gone),
		  void *ctx);

/* As of the last look, ordered by device number. */
size_t pw_media_count(const struct pw_media *media);
const struct pw_medium_seen *pw_media_at(const struct pw_media *media, size_t index);

#endif /* PW_HOST_MEDIA_H */
