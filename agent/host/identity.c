/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The UUID of a mounted file system. f_fsid of statfs is made of the device number by some
 * file systems, so it is no use; the file system itself is asked, and where it has no such
 * call the links of udev to its device.
 */
#include "host/identity.h"

#include "base/cleanup.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/ioctl.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Of headers later than Debian 12's, and of those that want whole packages. */
struct fs_uuid {
	__u8 len;
	__u8 uuid[16];
};
_Static_assert(PW_IDENTITY_GET_UUID == _IOR(0x15, 0, struct fs_uuid), "its number");

struct ext4_uuid {
	__u32 len;
	__u32 flags;
	__u8 uuid[16];
};
struct ext4_uuid_header {
	__u32 len;
	__u32 flags;
};
_Static_assert(PW_IDENTITY_EXT4 == _IOR('f', 44, struct ext4_uuid_header), "its number");

struct xfs_geometry_v1 {
	__u32 blocksize, rtextsize, agblocks, agcount, logblocks, sectsize, inodesize, imaxpct;
	__u64 datablocks, rtblocks, rtextents, logstart;
	__u8 uuid[16];
	__u32 sunit, swidth;
	__s32 version;
	__u32 flags, logsectsize, rtsectsize, dirblocksize;
};
_Static_assert(PW_IDENTITY_XFS == _IOR('X', 100, struct xfs_geometry_v1), "its number");
_Static_assert(PW_IDENTITY_BTRFS == BTRFS_IOC_FS_INFO, "its number");

/* Those whose inodes keep number and generation. What is not here may make them up anew. */
static const struct type {
	const char *name;
	bool on_disk; /* and so outlives the kernel */
	bool reuses_inodes;
	uint32_t magic; /* 0: it is not asked about by that */
} types[] = {
	{ "ext4", true, true, 0xef53 },
	{ "ext3", true, true, 0 },
	{ "ext2", true, true, 0 },
	{ "xfs", true, true, 0x58465342 },
	{ "f2fs", true, true, 0xf2f52010 },
	{ "btrfs", true, false, 0x9123683e },
	{ "bcachefs", true, true, 0xca451a4e },
	{ "jfs", true, true, 0x3153464a },
	{ "nilfs2", true, true, 0x3434 },
	{ "tmpfs", false, false, 0 },
	{ "ramfs", false, false, 0 },
	{ "rootfs", false, false, 0 },
	{ "overlay", false, false, 0 },
};

static const struct type *find_type(const char *name)
{
	for (size_t i = 0; i < PW_ARRAY_SIZE(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

bool pw_identity_possible(const char *type)
{
	return find_type(type) != NULL;
}

static void set_uuid(const uint8_t uuid[static 16], struct pw_identity *identity)
{
	size_t at = (size_t)snprintf(identity->name, sizeof(identity->name), "uuid:");

	for (size_t i = 0; i < 16; i++)
		at += (size_t)snprintf(identity->name + at, sizeof(identity->name) - at, "%s%02x",
				       i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
}

bool pw_identity_to_uuid(const char *name, uint8_t ret_uuid[static 16])
{
	struct pw_identity back = { 0 };

	if (strlen(name) != strlen("uuid:") + 32 + 4)
		return false;
	for (size_t i = 0; i < 16; i++) {
		size_t at = strlen("uuid:") + 2 * i + (i > 3) + (i > 5) + (i > 7) + (i > 9);
		const char byte[] = { name[at], name[at + 1], '\0' };

		ret_uuid[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	set_uuid(ret_uuid, &back);
	return strcmp(back.name, name) == 0;
}

static bool is_set(const uint8_t uuid[static 16])
{
	for (size_t i = 0; i < 16; i++)
		if (uuid[i])
			return true;
	return false;
}

void pw_identity_uuid(const uint8_t uuid[static 16], uint32_t magic,
		      struct pw_identity *ret_identity)
{
	*ret_identity = (struct pw_identity){ 0 };
	for (size_t i = 0; magic && i < PW_ARRAY_SIZE(types); i++) {
		if (types[i].magic != magic || !is_set(uuid))
			continue;
		set_uuid(uuid, ret_identity);
		ret_identity->reuses_inodes = types[i].reuses_inodes;
	}
}

/* What the file system itself says. */
static bool asked_uuid(int fd, const char *type, struct pw_identity *identity)
{
	struct fs_uuid any = { 0 };
	struct ext4_uuid ext4 = { .len = sizeof(ext4.uuid) };
	struct xfs_geometry_v1 xfs = { 0 };
	struct btrfs_ioctl_fs_info_args btrfs = { 0 };
	const uint8_t *uuid = NULL;

	if (ioctl(fd, PW_IDENTITY_GET_UUID, &any) == 0 && any.len == sizeof(any.uuid))
		uuid = any.uuid;
	else if (strncmp(type, "ext", 3) == 0 && ioctl(fd, PW_IDENTITY_EXT4, &ext4) == 0)
		uuid = ext4.uuid;
	else if (strcmp(type, "xfs") == 0 && ioctl(fd, PW_IDENTITY_XFS, &xfs) == 0)
		uuid = xfs.uuid;
	else if (strcmp(type, "btrfs") == 0 && ioctl(fd, PW_IDENTITY_BTRFS, &btrfs) == 0)
		uuid = btrfs.fsid;
	if (!uuid || !is_set(uuid))
		return false;
	set_uuid(uuid, identity);
	return true;
}

/* The name of the link in /dev/disk/by-uuid that leads to device @rdev. */
static bool linked_uuid(dev_t rdev, struct pw_identity *identity)
{
	_cleanup_closedir_ DIR *dir = opendir("/dev/disk/by-uuid");
	struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || strlen(entry->d_name) > PW_IDENTITY_MAX - 5 ||
		    fstatat(dirfd(dir), entry->d_name, &st, 0) < 0)
			continue;
		if (!S_ISBLK(st.st_mode) || st.st_rdev != rdev)
			continue;
		snprintf(identity->name, sizeof(identity->name), "uuid:%.*s", PW_IDENTITY_MAX - 5,
			 entry->d_name);
		return true;
	}
	return false;
}

void pw_identity_boot(const char *boot, uint32_t dev, struct pw_identity *ret_identity)
{
	*ret_identity = (struct pw_identity){ 0 };
	snprintf(ret_identity->name, sizeof(ret_identity->name), "boot:%.40s:%u:%u", boot,
		 dev >> 20, dev & 0xfffff);
}

/* A descriptor that ioctl takes, of nothing that opening could disturb. */
static int open_point(const struct pw_mount *mount)
{
	_cleanup_close_ int path = open(mount->point, O_PATH | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	char link[64];
	int fd;

	if (path < 0 || fstat(path, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return -ENOTSUP;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", path);
	fd = open(link, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

/* Is what the point leads to this very mount? */
static bool is_mount(int fd, const struct pw_mount *mount)
{
	char path[64], line[128];
	_cleanup_fclose_ FILE *file = NULL;
	int id;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "mnt_id: %d", &id) == 1)
			return id == mount->id;
	return false;
}

int pw_identity_of(const struct pw_mount *mount, const char *boot, struct pw_identity *ret_identity)
{
	const struct type *type = find_type(mount->type);
	_cleanup_close_ int fd = -EBADF;
	dev_t rdev = makedev(mount->major, mount->minor);
	struct stat st;

	if (!type)
		return -ENOTSUP;
	fd = open_point(mount);
	if (fd < 0)
		return fd;
	if (!is_mount(fd, mount))
		return -ENODEV;
	pw_identity_boot(boot, mount->major << 20 | mount->minor, ret_identity);
	ret_identity->reuses_inodes = type->reuses_inodes;
	if (!type->on_disk || asked_uuid(fd, mount->type, ret_identity))
		return 0;
	if (!mount->major && mount->source[0] == '/' && stat(mount->source, &st) == 0)
		rdev = st.st_rdev;
	linked_uuid(rdev, ret_identity);
	return 0;
}
