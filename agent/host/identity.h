/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which file system is it, whatever it is mounted as and wherever: "uuid:" and its UUID for
 * those on disks; "boot:", the kernel's boot id, ":" and its device number for those whose
 * inodes live no longer than the kernel does (tmpfs, overlay) or whose UUID cannot be had.
 * A file system that gives its files new numbers at each mount has no identity.
 */
#ifndef PW_HOST_IDENTITY_H
#define PW_HOST_IDENTITY_H

#include "host/mounts.h"

#include <stdbool.h>
#include <stdint.h>

#define PW_IDENTITY_MAX 95

struct pw_identity {
	char name[PW_IDENTITY_MAX + 1];
	bool reuses_inodes; /* a number that is free is given to another file */
};

/* What is asked by ioctl, for who lists system calls. */
#define PW_IDENTITY_GET_UUID 0x80111500u /* FS_IOC_GETFSUUID, from Linux 6.9 on */
#define PW_IDENTITY_EXT4     0x8008662cu /* EXT4_IOC_GETFSUUID, from Linux 6.0 on */
#define PW_IDENTITY_XFS      0x80705864u /* XFS_IOC_FSGEOMETRY_V1 */
#define PW_IDENTITY_BTRFS    0x8400941fu /* BTRFS_IOC_FS_INFO */

/* Can objects on a file system of @type be known again? */
bool pw_identity_possible(const char *type);

/*
 * Identity of the file system that is mounted as @mount; its point is opened, which may hang
 * (host/worker.h). @boot: of this kernel. Returns 0; -ENODEV: it is mounted over, so that
 * the point leads to another one; -ENOTSUP: not possible; -errno of open.
 */
int pw_identity_of(const struct pw_mount *mount, const char *boot,
		   struct pw_identity *ret_identity);

/*
 * The same for a file system on disk, by its UUID and the magic number that statfs(2) tells;
 * name "": it has none.
 */
void pw_identity_uuid(const uint8_t uuid[static 16], uint32_t magic,
		      struct pw_identity *ret_identity);

/* The UUID that @name tells; false: it tells none. */
bool pw_identity_to_uuid(const char *name, uint8_t ret_uuid[static 16]);

/* "boot:..." for device @dev (kernel encoding) under @boot. */
void pw_identity_boot(const char *boot, uint32_t dev, struct pw_identity *ret_identity);

#endif /* PW_HOST_IDENTITY_H */
