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

int pw_mounts_read(struct pw_mounts *ret_mounts)
{
	_cleanup_(pw_mounts_free) struct pw_mounts mounts = { 0 };
	_cleanup_fclose_ FILE *file = fopen("/proc/self/mountinfo", "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	if (!file)
		return -errno;
	while (getline(&line, &size, file) > 0) {
		struct pw_mount *item = realloc(mounts.item, (mounts.n + 1) * sizeof(*item));
		int r;

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
	*ret_mounts = mounts;
	mounts = (struct pw_mounts){ 0 };
	return 0;
}

const struct pw_mount *pw_mounts_of(const struct pw_mounts *mounts, const char *path)
{
	const struct pw_mount *best = NULL;
	size_t best_len = 0;

	for (size_t i = 0; i < mounts->n; i++) {
		const char *point = mounts->item[i].point;
		size_t len = strcmp(point, "/") ? strlen(point) : 0;

		if (strncmp(path, point, len) || (path[len] != '/' && path[len] != '\0'))
			continue;
		if (!best || len >= best_len) { /* the later one covers the earlier */
			best = &mounts->item[i];
			best_len = len;
		}
	}
	return best;
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
	/* btrfs and its like have numbers of their own; the source names the device */
	if (mount->source[0] == '/' && stat(mount->source, &st) == 0 && S_ISBLK(st.st_mode))
		walk_device(&walk, major(st.st_rdev), minor(st.st_rdev), 0);
	return 0;
}
