/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One block device: can it be carried away? By the bus that it hangs on, by what its driver
 * says, and for a device made of others by those. When in doubt it can.
 */
#include "host/media.h"

#include "base/cleanup.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define DEPTH_MAX 8 /* devices on devices */

struct look {
	const char *sysfs;
	const struct pw_mounts *mounts;
	unsigned int depth;
};

/* One line of the attribute @name below @dir, without its end; false: there is none. */
static bool attribute(const char *dir, const char *name, char *into, size_t size)
{
	_cleanup_close_ int fd = -EBADF;
	char path[PATH_MAX];
	ssize_t n;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, into, size - 1);
	if (n < 0)
		return false;
	into[n] = '\0';
	into[strcspn(into, "\n")] = '\0';
	for (n = (ssize_t)strlen(into); n && into[n - 1] == ' ';)
		into[--n] = '\0';
	return true;
}

static bool says(const char *dir, const char *name, const char *value)
{
	char text[64];

	return attribute(dir, name, text, sizeof(text)) && strcmp(text, value) == 0;
}

static bool exists(const char *dir, const char *name)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s", dir, name) < (int)sizeof(path) &&
	       access(path, F_OK) == 0;
}

/* Is @path on the way of something that comes over a cable or the network? */
static bool on_outer_bus(const char *path)
{
	static const char *const bus[] = { "/usb", "/session", "/nvme-fabrics/", "/rbd/", "/fw" };

	for (size_t i = 0; i < PW_ARRAY_SIZE(bus); i++) {
		size_t n = strlen(bus[i]);
		const char *at = strstr(path, bus[i]);

		/* "usb1", "session3", "fw0": a number behind the bus's name */
		for (; at; at = strstr(at + 1, bus[i]))
			if (bus[i][n - 1] == '/' || (at[n] >= '0' && at[n] <= '9'))
				return true;
	}
	return false;
}

static void copy_id(char into[5], const char *text)
{
	size_t i;

	for (i = 0; i < 4 && text[i]; i++)
		into[i] = text[i] >= 'A' && text[i] <= 'F' ? (char)(text[i] + 32) : text[i];
	into[i] = '\0';
}

/* Who made it and which one it is: of the USB device that it hangs on, or of the card. */
static void identify(const struct look *look, const char *disk, struct pw_medium_seen *medium)
{
	size_t top = strlen(look->sysfs);
	char dir[PATH_MAX], text[PW_MEDIUM_TEXT_MAX + 1];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", disk);
	while ((slash = strrchr(dir, '/')) && slash > dir + top) {
		*slash = '\0';
		if (!attribute(dir, "idVendor", text, sizeof(text)))
			continue;
		copy_id(medium->vendor, text);
		if (attribute(dir, "idProduct", text, sizeof(text)))
			copy_id(medium->product, text);
		attribute(dir, "serial", medium->serial, sizeof(medium->serial));
		return;
	}
	if (strstr(disk, "/mmc_host/"))
		attribute(disk, "device/serial", medium->serial, sizeof(medium->serial));
}

/* Somewhere above @disk the firmware or the bus says that it is plugged in from outside. */
static bool plugged_in(const struct look *look, const char *disk)
{
	size_t top = strlen(look->sysfs);
	char dir[PATH_MAX], *slash;

	snprintf(dir, sizeof(dir), "%s", disk);
	while ((slash = strrchr(dir, '/')) && slash > dir + top) {
		*slash = '\0';
		if (says(dir, "removable", "removable"))
			return true;
	}
	return false;
}

/* A disk with hardware of its own, at its place below devices/. */
static enum pw_medium_kind hardware_kind(const struct look *look, const char *disk)
{
	if (says(disk, "removable", "1") || on_outer_bus(disk) || plugged_in(look, disk))
		return PW_MEDIUM_REMOVABLE;
	if (says(disk, "device/type", "5")) /* SCSI: CD, DVD */
		return PW_MEDIUM_REMOVABLE;
	/* A card; "MMC" is soldered in, as disks of small machines are. */
	if (strstr(disk, "/mmc_host/") && !says(disk, "device/type", "MMC"))
		return PW_MEDIUM_REMOVABLE;
	return PW_MEDIUM_FIXED;
}

static int read_device(const struct look *look, const char *name,
		       struct pw_medium_seen *ret_medium);

/* Another device below this one: it is the weaker of both, and known only if both agree. */
static void add_backing(const struct look *look, const char *name, unsigned int *n,
			struct pw_medium_seen *medium)
{
	const struct look deeper = { look->sysfs, look->mounts, look->depth + 1 };
	struct pw_medium_seen below = { .kind = PW_MEDIUM_REMOVABLE };

	if (look->depth >= DEPTH_MAX || read_device(&deeper, name, &below) < 0)
		below = (struct pw_medium_seen){ .kind = PW_MEDIUM_REMOVABLE };
	if ((*n)++ == 0) {
		medium->kind = below.kind;
		memcpy(medium->vendor, below.vendor, sizeof(medium->vendor));
		memcpy(medium->product, below.product, sizeof(medium->product));
		memcpy(medium->serial, below.serial, sizeof(medium->serial));
		return;
	}
	if (below.kind == PW_MEDIUM_REMOVABLE)
		medium->kind = PW_MEDIUM_REMOVABLE;
	if (strcmp(medium->vendor, below.vendor) || strcmp(medium->product, below.product) ||
	    strcmp(medium->serial, below.serial))
		medium->vendor[0] = medium->product[0] = medium->serial[0] = '\0';
}

/* What device-mapper and RAID devices are made of. */
static unsigned int add_slaves(const struct look *look, const char *disk,
			       struct pw_medium_seen *medium)
{
	char path[PATH_MAX];
	unsigned int n = 0;
	DIR *dir;

	if (snprintf(path, sizeof(path), "%s/slaves", disk) >= (int)sizeof(path))
		return 0;
	dir = opendir(path);
	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (entry->d_name[0] != '.')
			add_backing(look, entry->d_name, &n, medium);
	if (dir)
		closedir(dir);
	return n;
}

/* The device whose number is @major:@minor. */
static void add_number(const struct look *look, uint32_t major, uint32_t minor, unsigned int *n,
		       struct pw_medium_seen *medium)
{
	char link[PATH_MAX], target[PATH_MAX];
	const char *name;
	ssize_t len;

	snprintf(link, sizeof(link), "%s/dev/block/%u:%u", look->sysfs, major, minor);
	len = readlink(link, target, sizeof(target) - 1);
	target[len > 0 ? len : 0] = '\0';
	name = strrchr(target, '/');
	add_backing(look, name ? name + 1 : "", n, medium);
}

/* What the file of a loop device lies on. By names: the file system may hang. */
static unsigned int add_loop(const struct look *look, const char *disk,
			     struct pw_medium_seen *medium)
{
	const struct pw_mount *mount;
	char file[PATH_MAX];
	struct stat st;
	unsigned int n = 0;

	if (!attribute(disk, "loop/backing_file", file, sizeof(file)) || file[0] != '/' ||
	    !look->mounts)
		return 0;
	mount = pw_mounts_of(look->mounts, file);
	if (!mount)
		return 0;
	if (mount->major) {
		add_number(look, mount->major, mount->minor, &n, medium);
	} else if (strcmp(mount->type, "tmpfs") == 0 || strcmp(mount->type, "rootfs") == 0) {
		medium->kind = PW_MEDIUM_FIXED; /* memory */
		n = 1;
	} else if (strncmp(mount->source, "/dev/", 5) == 0 && stat(mount->source, &st) == 0 &&
		   S_ISBLK(st.st_mode)) { /* btrfs: what it was mounted from */
		add_number(look, major(st.st_rdev), minor(st.st_rdev), &n, medium);
	}
	return n;
}

/* A disk of NVMe that several controllers may lead to: one of them stands for all. */
static unsigned int add_controllers(const struct look *look, const char *disk,
				    struct pw_medium_seen *medium)
{
	char path[PATH_MAX], controller[2 * PATH_MAX], real[PATH_MAX];
	unsigned int n = 0;
	DIR *dir;

	if (!strstr(disk, "/nvme-subsystem/") ||
	    snprintf(path, sizeof(path), "%s/device", disk) >= (int)sizeof(path))
		return 0;
	dir = opendir(path);
	medium->kind = PW_MEDIUM_FIXED;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (strncmp(entry->d_name, "nvme", 4) != 0 || entry->d_type != DT_LNK)
			continue;
		snprintf(controller, sizeof(controller), "%s/%s", path, entry->d_name);
		if (!realpath(controller, real) || on_outer_bus(real) || plugged_in(look, real))
			medium->kind = PW_MEDIUM_REMOVABLE;
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

/* One that no hardware of its own stands behind. */
static void look_below(const struct look *look, const char *disk, struct pw_medium_seen *medium)
{
	const char *name = strrchr(disk, '/') + 1;

	if (strncmp(name, "zram", 4) == 0 || strncmp(name, "ram", 3) == 0) {
		medium->kind = PW_MEDIUM_FIXED; /* memory */
		return;
	}
	medium->kind = PW_MEDIUM_REMOVABLE;
	if (!add_slaves(look, disk, medium) && !add_loop(look, disk, medium) &&
	    !add_controllers(look, disk, medium))
		medium->kind = PW_MEDIUM_REMOVABLE; /* nbd and others: who knows */
}

static int read_device(const struct look *look, const char *name, struct pw_medium_seen *ret_medium)
{
	struct pw_medium_seen medium = { 0 };
	char path[PATH_MAX], disk[PATH_MAX], text[32];

	if (!*name || strchr(name, '/') || strlen(name) >= sizeof(medium.name))
		return -ENODEV;
	snprintf(path, sizeof(path), "%s/class/block/%s", look->sysfs, name);
	if (!realpath(path, disk) || !attribute(disk, "dev", text, sizeof(text)) ||
	    sscanf(text, "%u:%u", &medium.major, &medium.minor) != 2)
		return -ENODEV;
	snprintf(medium.name, sizeof(medium.name), "%s", name);
	if (exists(disk, "partition"))
		*strrchr(disk, '/') = '\0';
	if (strstr(disk, "/devices/virtual/")) {
		look_below(look, disk, &medium);
	} else {
		medium.kind = hardware_kind(look, disk);
		identify(look, disk, &medium);
	}
	*ret_medium = medium;
	return 0;
}

int pw_medium_read(const char *sysfs, const struct pw_mounts *mounts, const char *name,
		   struct pw_medium_seen *ret_medium)
{
	_cleanup_free_ char *real = realpath(sysfs, NULL);
	const struct look look = { real, mounts, 0 };

	return real ? read_device(&look, name, ret_medium) : -ENODEV;
}
