/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host/mounts.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define DEPTH_MAX 8 /* devices on devices */

void pw_mounts_free(struct pw_mounts *mounts)
{
	for (size_t i = 0; i < mounts->n; i++) {
		free(mounts->item[i].point);
		free(mounts->item[i].type);
		free(mounts->item[i].source);
	}
	free(mounts->item);
	free(mounts->by_point);
	*mounts = (struct pw_mounts){ 0 };
}

/* Undo the octal escapes of mountinfo, in place. */
static char *unescape(char *text)
{
	char *from = text, *to = text;

	while (*from) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' &&
		    from[2] <= '7' && from[3] >= '0' && from[3] <= '7') {
			*to++ = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 |
				       (from[3] - '0'));
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return text;
}

/* "36 35 98:0 /root /point options tags - type source options" */
static int parse_line(char *line, struct pw_mount *ret_mount)
{
	struct pw_mount mount = { 0 };
	char *field[6] = { NULL }, *rest = strstr(line, " - "), *save = NULL;
	char *type, *source;
	size_t n = 0;

	if (!rest)
		return -EPROTO;
	*rest = '\0';
	for (char *f = strtok_r(line, " ", &save); f && n < 6; f = strtok_r(NULL, " ", &save))
		field[n++] = f;
	type = strtok_r(rest + 3, " \n", &save);
	source = type ? strtok_r(NULL, " \n", &save) : NULL;
	if (n < 6 || !source || sscanf(field[0], "%d", &mount.id) != 1 ||
	    sscanf(field[2], "%u:%u", &mount.major, &mount.minor) != 2)
		return -EPROTO;
	mount.point = strdup(unescape(field[4]));
	mount.type = strdup(type);
	mount.source = strdup(unescape(source));
	*ret_mount = mount;
	if (mount.point && mount.type && mount.source)
		return 0;
	return -ENOMEM;
}

static int compare_points(const void *a, const void *b, void *ctx)
{
	const struct pw_mount *item = ctx;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = strcmp(item[x].point, item[y].point);

	return order ? order : (x > y) - (x < y);
}

static int sort_mounts(struct pw_mounts *mounts)
{
	mounts->by_point = calloc(mounts->n + 1, sizeof(*mounts->by_point));
	if (!mounts->by_point)
		return -ENOMEM;
	for (size_t i = 0; i < mounts->n; i++)
		mounts->by_point[i] = i;
	if (mounts->n)
		qsort_r(mounts->by_point, mounts->n, sizeof(*mounts->by_point), compare_points,
			mounts->item);
	return 0;
}

int pw_mounts_parse(FILE *file, struct pw_mounts *ret_mounts)
{
	_cleanup_(pw_mounts_free) struct pw_mounts mounts = { 0 };
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	int r;

	while (getline(&line, &size, file) > 0) {
		struct pw_mount *item = realloc(mounts.item, (mounts.n + 1) * sizeof(*item));

		if (!item)
			return -ENOMEM;
		mounts.item = item;
		item[mounts.n] = (struct pw_mount){ 0 };
		r = parse_line(line, &item[mounts.n]);
		if (r == -EPROTO)
			continue;
		mounts.n++;
		if (r < 0)
			return r;
	}
	r = sort_mounts(&mounts);
	if (r < 0)
		return r;
	*ret_mounts = mounts;
	mounts = (struct pw_mounts){ 0 };
	return 0;
}

int pw_mounts_read(struct pw_mounts *ret_mounts)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/mountinfo", "re");

	return file ? pw_mounts_parse(file, ret_mounts) : -errno;
}

/* The last mount, the one on top, whose point is the first @len bytes of @path. */
static const struct pw_mount *mount_at(const struct pw_mounts *mounts, const char *path, size_t len)
{
	size_t low = 0, high = mounts->n; /* those before low are not behind the point */
	const struct pw_mount *mount;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *point = mounts->item[mounts->by_point[middle]].point;
		int order = strncmp(point, path, len);

		if (order > 0 || (order == 0 && point[len]))
			high = middle;
		else
			low = middle + 1;
	}
	mount = low ? &mounts->item[mounts->by_point[low - 1]] : NULL;
	return mount && strncmp(mount->point, path, len) == 0 && !mount->point[len] ? mount : NULL;
}

const struct pw_mount *pw_mounts_of(const struct pw_mounts *mounts, const char *path)
{
	for (size_t len = strlen(path); len; len--) {
		const struct pw_mount *mount;

		if (path[len] && path[len] != '/')
			continue;
		mount = mount_at(mounts, path, len);
		if (mount)
			return mount;
	}
	return mount_at(mounts, "/", 1);
}

struct walk {
	void (*found)(void *ctx, const struct pw_device *device);
	void *ctx;
};

static void walk_device(const struct walk *walk, uint32_t major, uint32_t minor, int depth);

/* Each entry of directory @path names a device: in its own "dev" file. */
static void walk_entries(const struct walk *walk, const char *path, bool character, int depth)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		_cleanup_str_ struct pw_str file = { 0 };
		_cleanup_fclose_ FILE *dev = NULL;
		uint32_t major, minor;

		if (entry->d_name[0] == '.')
			continue;
		pw_str_addf(&file, "%s/%s/dev", path, entry->d_name);
		dev = file.error ? NULL : fopen(file.text, "re");
		if (!dev || fscanf(dev, "%u:%u", &major, &minor) != 2)
			continue;
		if (character)
			walk->found(walk->ctx, &(struct pw_device){ major, minor, 1 });
		else
			walk_device(walk, major, minor, depth + 1);
	}
}

static void walk_device(const struct walk *walk, uint32_t major, uint32_t minor, int depth)
{
	char path[96], disk[128];
	uint32_t above_major, above_minor;
	_cleanup_fclose_ FILE *dev = NULL;

	if (depth > DEPTH_MAX)
		return;
	walk->found(walk->ctx, &(struct pw_device){ major, minor, 0 });
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major, minor);
	snprintf(disk, sizeof(disk), "%s/slaves", path);
	walk_entries(walk, disk, false, depth);
	snprintf(disk, sizeof(disk), "%s/device/scsi_generic", path);
	walk_entries(walk, disk, true, depth);
	snprintf(disk, sizeof(disk), "%s/partition", path);
	if (access(disk, F_OK) < 0)
		return;
	snprintf(disk, sizeof(disk), "%s/../dev", path);
	dev = fopen(disk, "re");
	if (dev && fscanf(dev, "%u:%u", &above_major, &above_minor) == 2)
		walk_device(walk, above_major, above_minor, depth + 1);
}

int pw_mounts_devices(const struct pw_mount *mount,
		      void (*found)(void *ctx, const struct pw_device *device), void *ctx)
{
	struct walk walk = { found, ctx };
	struct stat st;

	if (mount->major)
		walk_device(&walk, mount->major, mount->minor, 0);
	/*
	 * btrfs and its like have numbers of their own; the source names the device. That of
	 * FUSE is what its owner has made up: where it leads may never answer.
	 */
	if (strcmp(mount->type, "fuse") == 0 || strncmp(mount->type, "fuse.", 5) == 0)
		return 0;
	if (mount->source[0] == '/' && stat(mount->source, &st) == 0 && S_ISBLK(st.st_mode))
		walk_device(&walk, major(st.st_rdev), minor(st.st_rdev), 0);
	return 0;
}
