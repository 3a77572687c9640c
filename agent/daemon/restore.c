/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Marks come back: at start, before anything is decided, and when a file system is mounted.
 * Which file system is which is looked up in the worker, for a mount point may hang.
 */
#include "daemon/labels.h"

#include "base/cleanup.h"
#include "base/log.h"
#include "host/mounts.h"

#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <systemd/sd-daemon.h>

/* ---- Which is which ---- */

struct identify_call { /* the worker's own when it is given up */
	struct pw_mount mount;
	char boot[37];
	struct pw_identity identity;
};

static void identify_free(void *arg)
{
	struct identify_call *call = arg;

	if (!call)
		return;
	free(call->mount.point);
	free(call->mount.type);
	free(call->mount.source);
	free(call);
}

static int identify_run(void *arg)
{
	struct identify_call *call = arg;

	return pw_identity_of(&call->mount, call->boot, &call->identity);
}

static int identify(struct pw_daemon *d, const struct pw_mount *mount,
		    struct pw_identity *ret_identity)
{
	struct identify_call *call = calloc(1, sizeof(*call));
	void *arg = call;
	int r;

	if (!call)
		return -ENOMEM;
	call->mount = *mount;
	call->mount.point = strdup(mount->point);
	call->mount.type = strdup(mount->type);
	call->mount.source = strdup(mount->source);
	memcpy(call->boot, d->context.boot, sizeof(call->boot));
	if (!call->mount.point || !call->mount.type || !call->mount.source) {
		identify_free(call);
		return -ENOMEM;
	}
	r = pw_paths_run(d->paths, mount->point, identify_run, identify_free, &arg);
	if (r == 0 && arg)
		*ret_identity = call->identity;
	identify_free(arg);
	return r;
}

/* ---- One file system ---- */

static void failed(struct pw_daemon *d, int r)
{
	struct pw_keeping *keeping = d->keeping;

	snprintf(keeping->reason, sizeof(keeping->reason),
		 "labels could not be brought back: %s",
		 r == -E2BIG ? "more than the kernel half has room for" : pw_labels_strerror(r));
	pw_log(PW_LOG_ERR, "%s", keeping->reason);
}

struct restoring {
	struct pw_daemon *d;
	struct pw_kernel_restore *restore;
	uint64_t n;
};

static int add(void *ctx, struct pw_mark_key *key, struct pw_mark *mark, size_t n)
{
	struct restoring *restoring = ctx;
	int r = 0;

	for (size_t i = 0; i < n; i++)
		mark[i].why |= PW_MARK_SET;
	if (!restoring->restore)
		r = pw_kernel_restore_begin(restoring->d->kernel, &restoring->restore);
	if (r == 0)
		r = pw_kernel_restore_add(restoring->restore, key, mark, n);
	restoring->n += n;
	sd_notify(0, "WATCHDOG=1");
	return r;
}

/* Address of the superblock that is mounted there. */
static int superblock(struct pw_daemon *d, const struct pw_known_fs *fs, uint64_t *ret_sb)
{
	struct pw_kernel_seen seen;
	_cleanup_close_ int fd = -EBADF;
	int r = pw_paths_open(d->paths, fs->point, O_NOFOLLOW, &fd);

	if (r == 0)
		r = pw_kernel_look(d->kernel, &fd, 1, &seen);
	if (r == 0)
		r = seen.error;
	if (r == 0 && (!seen.sb || seen.dev != fs->dev))
		r = -ENODEV;
	if (r == 0)
		*ret_sb = seen.sb;
	return r;
}

/* Those of file system @number in the store. ->n: how many are back then. */
static int restore_sb(struct restoring *restoring, struct pw_labels *store, uint32_t number,
		      uint64_t sb)
{
	struct pw_keeping *keeping = restoring->d->keeping;
	int r = pw_labels_each(store, number, sb, add, restoring);
	uint64_t n = pw_kernel_restore_end(&restoring->restore);

	keeping->restored += n;
	if (r < 0)
		keeping->missing += restoring->n > n ? restoring->n - n : 1;
	restoring->n = n;
	return r;
}

/* ---- What may be on a file system before they are ---- */

static int store_one(void *ctx, struct pw_mark_key *key, struct pw_mark *mark, size_t n)
{
	struct pw_stored *stored = ctx;
	__u64 bit;

	for (size_t i = 0; i < n; i++) {
		stored->labels |= mark[i].labels;
		stored->inodes[pw_stored_word(key[i].inode, &bit)] |= bit;
	}
	sd_notify(0, "WATCHDOG=1");
	return 0;
}

/* Tell the kernel half of all that the store has of file systems that may be mounted later. */
static int tell_stored(struct pw_daemon *d, struct pw_labels *store)
{
	char name[PW_LABELS_FS_MAX + 1];
	int r = 0;

	for (uint32_t fs = 1; r == 0; fs++) {
		struct pw_stored stored = { 0 };
		struct pw_stored_key key;

		r = pw_labels_file_system_name(store, fs, name);
		if (r == -ENOENT)
			return 0;
		if (r < 0 || !pw_identity_to_uuid(name, key.uuid))
			continue;
		r = pw_labels_each(store, fs, 0, store_one, &stored);
		if (r == 0 && stored.labels)
			r = pw_kernel_stored(d->kernel, &key, &stored);
	}
	if (r != -E2BIG)
		return r;
	pw_warning("the store has more file systems than the kernel half has room "
		   "for: labels of the others are back a moment after a mount");
	return 0;
}

/* ---- One that is mounted ---- */

/* Are they back already, because the kernel half told of it in time? */
static bool is_back(const struct pw_keeping *keeping, uint64_t sb, const char *name)
{
	for (size_t i = 0; i < PW_SUPERBLOCKS; i++)
		if (keeping->told[i].address == sb && keeping->told[i].restored &&
		    strcmp(keeping->told[i].identity.name, name) == 0)
			return true;
	return false;
}

static int restore_fs(struct pw_daemon *d, struct pw_labels *store, const struct pw_known_fs *fs)
{
	struct restoring restoring = { .d = d };
	uint32_t number;
	uint64_t sb;
	int r;

	if (!fs->identity.name[0])
		return 0;
	r = pw_labels_find_file_system(store, fs->identity.name, &number);
	if (r == -ENOENT && fs->sb)
		pw_kernel_awaited_end(d->kernel, fs->sb);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = superblock(d, fs, &sb);
	if (r == 0 && is_back(d->keeping, sb, fs->identity.name))
		return 0;
	if (r == 0)
		r = restore_sb(&restoring, store, number, sb);
	else
		d->keeping->missing++;
	if (r == 0)
		pw_kernel_awaited_end(d->kernel, sb);
	if (restoring.n || r < 0)
		pw_info("%s: labels of %llu objects are back", fs->point,
			(unsigned long long)restoring.n);
	return r;
}

/* ---- Those that the kernel half tells of ---- */

void pw_keeping_superblock(struct pw_daemon *d, const struct pw_event *event)
{
	struct pw_keeping *keeping = d->keeping;
	struct pw_superblock *sb = &keeping->fresh[keeping->n_fresh];

	/* Where there are more: they are found among the mounts. */
	if (!keeping->keeper || keeping->n_fresh == PW_SUPERBLOCKS)
		return;
	*sb = (struct pw_superblock){
		.address = event->places, .time_ns = event->time_ns, .dev = event->dev
	};
	pw_identity_uuid(event->to_addr, event->to_uid, &sb->identity);
	keeping->told[keeping->n_told++ % PW_SUPERBLOCKS] = *sb;
	if (sb->identity.name[0])
		keeping->n_fresh++;
	else
		pw_kernel_awaited_end(d->kernel, sb->address);
}

const struct pw_identity *pw_keeping_identity(const struct pw_keeping *keeping, uint32_t dev)
{
	const struct pw_known_fs *fs = pw_keeping_fs(keeping, dev);
	const struct pw_superblock *found = NULL;

	for (size_t i = 0; i < PW_SUPERBLOCKS; i++) {
		const struct pw_superblock *sb = &keeping->told[i];

		if (sb->time_ns && sb->dev == dev && (!found || found->time_ns < sb->time_ns))
			found = sb;
	}
	if (found && found->identity.name[0]) /* as new as what is among the mounts, or newer */
		return &found->identity;
	return fs && fs->identity.name[0] ? &fs->identity : NULL;
}

static void set_restored(struct pw_keeping *keeping, const struct pw_superblock *sb)
{
	for (size_t i = 0; i < PW_SUPERBLOCKS; i++)
		if (keeping->told[i].address == sb->address &&
		    keeping->told[i].time_ns == sb->time_ns)
			keeping->told[i].restored = true;
}

static int restore_fresh(struct pw_daemon *d, struct pw_labels *store,
			 const struct pw_superblock *sb)
{
	struct restoring restoring = { .d = d };
	uint32_t number;
	int r = pw_labels_find_file_system(store, sb->identity.name, &number);

	if (r == -ENOENT)
		pw_kernel_awaited_end(d->kernel, sb->address);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = restore_sb(&restoring, store, number, sb->address);
	if (r == 0)
		pw_kernel_awaited_end(d->kernel, sb->address);
	pw_info("labels of %llu objects are back, %llu us after their file system was read (%s)",
		(unsigned long long)restoring.n,
		(unsigned long long)(pw_boottime_ns() - sb->time_ns) / 1000, sb->identity.name);
	if (r == 0)
		set_restored(d->keeping, sb);
	return r;
}

void pw_keeping_superblocks(struct pw_daemon *d)
{
	struct pw_keeping *keeping = d->keeping;
	struct pw_superblock fresh[PW_SUPERBLOCKS];
	struct pw_labels *store = NULL;
	size_t n;
	int r;

	if (!keeping || !keeping->n_fresh)
		return;
	n = keeping->n_fresh;
	memcpy(fresh, keeping->fresh, n * sizeof(fresh[0]));
	keeping->n_fresh = 0;
	/* What was written to it before it was unmounted may not be in the store yet. */
	pw_sink_drain_all(d);
	pw_keeper_flush(keeping->keeper, 1000);
	r = pw_keeping_read(keeping, &store);
	for (size_t i = 0; i < n && r == 0; i++)
		r = restore_fresh(d, store, &fresh[i]);
	if (r < 0)
		failed(d, r);
	pw_labels_close(&store);
	malloc_trim(0); /* what reading took is not needed again */
}

/* ---- All of them ---- */

static bool can_handle(const char *type)
{
	return strncmp(type, "ext", 3) == 0 || strcmp(type, "xfs") == 0 ||
	       strcmp(type, "f2fs") == 0;
}

/* What can be found out about @mount now. */
static int know(struct pw_daemon *d, const struct pw_mount *mount, struct pw_known_fs *fs)
{
	int r;

	*fs = (struct pw_known_fs){
		.dev = mount->major << 20 | mount->minor,
		.mount = mount->id,
		.by_handle = can_handle(mount->type),
		.point = strdup(mount->point),
	};
	r = fs->point ? identify(d, mount, &fs->identity) : -ENOMEM;
	if (r < 0)
		free(fs->point);
	else if (superblock(d, fs, &fs->sb) < 0)
		fs->sb = 0;
	return r;
}

/*
 * The same mount as before stands for the same file system. Numbers of mounts and devices are
 * given out again at once, so the superblock is looked at: marks go by its address.
 */
static const struct pw_known_fs *same(struct pw_daemon *d, const struct pw_mount *mount)
{
	const struct pw_known_fs *fs =
		pw_keeping_fs(d->keeping, mount->major << 20 | mount->minor);
	uint64_t sb;

	if (!fs || fs->mount != mount->id || strcmp(fs->point, mount->point) != 0)
		return NULL;
	return superblock(d, fs, &sb) == 0 && sb == fs->sb ? fs : NULL;
}

static bool listed(const struct pw_known_fs *fs, size_t n, const struct pw_mount *mount)
{
	for (size_t i = 0; i < n; i++)
		if (fs[i].dev == (mount->major << 20 | mount->minor))
			return true;
	return false;
}

static void known_free(struct pw_known_fs *fs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(fs[i].point);
	free(fs);
}

/* One entry a file system, by the first of its mounts that can be looked at. */
static int list_all(struct pw_daemon *d, const struct pw_mounts *mounts, bool *fresh,
		    struct pw_known_fs *list, size_t *ret_n)
{
	for (size_t i = 0; i < mounts->n; i++) {
		const struct pw_mount *mount = &mounts->item[i];
		const struct pw_known_fs *before = same(d, mount);
		struct pw_known_fs *fs = &list[*ret_n];
		int r;

		if (!pw_identity_possible(mount->type) || listed(list, *ret_n, mount))
			continue;
		if (before) {
			*fs = *before;
			fs->point = strdup(before->point);
			r = fs->point ? 0 : -ENOMEM;
		} else {
			r = know(d, mount, fs);
			fresh[*ret_n] = true;
		}
		if (r == -ENOMEM)
			return r;
		if (r == 0)
			++*ret_n;
		else
			fresh[*ret_n] = false;
	}
	return 0;
}

/* @store: NULL: nothing is put back. Returns the first error of a restoration. */
static int take_over(struct pw_daemon *d, struct pw_labels *store, const bool *fresh)
{
	int r = 0;

	for (size_t i = 0; store && i < d->keeping->n_fs; i++) {
		int one = fresh[i] ? restore_fs(d, store, &d->keeping->fs[i]) : 0;

		if (one == -ENODEV || one == -ENOENT) /* unmounted meanwhile */
			one = 0;
		r = r < 0 ? r : one;
	}
	return r;
}

static int look_at_all(struct pw_daemon *d, struct pw_labels *store)
{
	_cleanup_(pw_mounts_free) struct pw_mounts mounts = { 0 };
	_cleanup_free_ struct pw_known_fs *list = NULL;
	_cleanup_free_ bool *fresh = NULL;
	size_t n = 0;
	int r = pw_mounts_read(&mounts);

	if (r < 0)
		return r;
	list = calloc(mounts.n + 1, sizeof(*list));
	fresh = calloc(mounts.n + 1, sizeof(*fresh));
	r = list && fresh ? list_all(d, &mounts, fresh, list, &n) : -ENOMEM;
	if (r < 0) {
		known_free(TAKE_PTR(list), n);
		return r;
	}
	known_free(d->keeping->fs, d->keeping->n_fs);
	d->keeping->fs = TAKE_PTR(list);
	d->keeping->n_fs = n;
	return take_over(d, store, fresh);
}

int pw_keeping_start(struct pw_daemon *d)
{
	struct pw_keeping *keeping = d->keeping;
	int r;

	if (keeping->n_fs)
		return 0;
	r = look_at_all(d, keeping->store);
	if (r == 0 && keeping->store)
		r = tell_stored(d, keeping->store);
	if (r == 0 && keeping->store)
		r = pw_held_restore(d, keeping->store);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		failed(d, r);
	if (!keeping->store)
		return 0;
	pw_labels_shrink(keeping->store);
	/* Damaged is left as it is, for whoever can repair it. */
	if (r == -EBADMSG) {
		pw_labels_close(&keeping->store);
		return 0;
	}
	r = pw_keeper_new(keeping->store, &keeping->names, &keeping->keeper);
	if (r == 0)
		keeping->store = NULL;
	return r;
}

void pw_keeping_mounts_changed(struct pw_daemon *d)
{
	struct pw_labels *store = NULL;
	int r = 0;

	/* What was written where something was unmounted: which is known for as long only. */
	pw_sink_drain_all(d);
	if (d->keeping->keeper) {
		/* What was on a file system a moment ago may be there again. */
		pw_keeper_flush(d->keeping->keeper, 1000);
		r = pw_keeping_read(d->keeping, &store);
	}
	if (r == 0)
		r = look_at_all(d, store);
	if (r < 0)
		failed(d, r);
	pw_labels_close(&store);
}

/* ---- Paths of objects ---- */

struct find_call {
	char *point;
	uint64_t inode;
	uint32_t generation;
	char path[PATH_MAX];
};

static void find_free(void *arg)
{
	struct find_call *call = arg;

	if (!call)
		return;
	free(call->point);
	free(call);
}

/* A handle as ext4, xfs and f2fs make them: number, then generation. */
static int open_inode(int mount, uint64_t inode, uint32_t generation)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + 16];
	} u = { 0 };

	if (inode <= UINT32_MAX) {
		const uint32_t words[2] = { (uint32_t)inode, generation };

		u.handle.handle_type = 1; /* FILEID_INO32_GEN */
		u.handle.handle_bytes = sizeof(words);
		memcpy(u.handle.f_handle, words, sizeof(words));
	} else {
		u.handle.handle_type = 0x81; /* XFS: the number has 64 bits */
		u.handle.handle_bytes = sizeof(inode) + sizeof(generation);
		memcpy(u.handle.f_handle, &inode, sizeof(inode));
		memcpy(u.handle.f_handle + sizeof(inode), &generation, sizeof(generation));
	}
	return open_by_handle_at(mount, &u.handle, O_PATH | O_CLOEXEC);
}

static int find_run(void *arg)
{
	struct find_call *call = arg;
	_cleanup_close_ int mount = open(call->point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int fd = -EBADF;
	struct stat st;
	char link[64];
	ssize_t n;

	if (mount < 0)
		return -errno;
	fd = open_inode(mount, call->inode, call->generation);
	if (fd < 0)
		return -errno;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, call->path, sizeof(call->path) - 1);
	if (n <= 0)
		return -ENOENT;
	call->path[n] = '\0';
	/* An inode that nobody has used lately has no name that the kernel knows of. */
	return lstat(call->path, &st) == 0 && st.st_ino == call->inode ? 0 : -ENOENT;
}

char *pw_keeping_path(struct pw_daemon *d, const struct pw_known_fs *fs, uint64_t inode,
		      uint32_t generation)
{
	struct find_call *call;
	char *path = NULL;
	void *arg;

	if (!fs || !fs->by_handle)
		return NULL;
	call = calloc(1, sizeof(*call));
	if (!call)
		return NULL;
	call->point = strdup(fs->point);
	call->inode = inode;
	call->generation = generation;
	arg = call;
	if (call->point && pw_paths_run(d->paths, fs->point, find_run, find_free, &arg) == 0 && arg)
		path = strdup(call->path);
	find_free(arg);
	return path;
}
