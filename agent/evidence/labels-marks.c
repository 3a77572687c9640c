/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The marks in the store: which object carries what. */
#include "base/cleanup.h"
#include "evidence/labels-private.h"

#include <string.h>

static void bind_object(sqlite3_stmt *stmt, const struct pw_label_row *row)
{
	pw_labels_bind(stmt, 1, row->fs);
	pw_labels_bind(stmt, 2, row->inode);
	pw_labels_bind(stmt, 3, row->generation);
}

/* Does file system @fs give a number that is free to another inode? */
static int reuses(struct pw_labels *store, uint32_t fs)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	int r;

	if (store->fs_asked == fs)
		return store->fs_reuses;
	r = pw_labels_prepare(store, PW_SQL_FS_REUSES, &stmt);
	if (r < 0)
		return r;
	pw_labels_bind(stmt, 1, fs);
	r = pw_labels_row(store, stmt);
	if (r <= 0)
		return r;
	store->fs_asked = fs;
	store->fs_reuses = pw_labels_u64(stmt, 0) != 0;
	return store->fs_reuses;
}

int pw_labels_put(struct pw_labels *store, const struct pw_label_row *row)
{
	sqlite3_stmt *stmt;
	int r = reuses(store, row->fs);

	if (r > 0) {
		r = pw_labels_prepare(store, PW_SQL_MARK_STALE, &stmt);
		if (r < 0)
			return r;
		bind_object(stmt, row);
		r = pw_labels_run(store, stmt);
	}
	if (r == 0)
		r = pw_labels_prepare(store, PW_SQL_MARK_PUT, &stmt);
	if (r < 0)
		return r;
	bind_object(stmt, row);
	pw_labels_bind(stmt, 4, row->labels);
	pw_labels_bind(stmt, 5, row->why);
	pw_labels_bind(stmt, 6, row->person);
	pw_labels_bind(stmt, 7, row->first_ns);
	pw_labels_bind(stmt, 8, row->step);
	return pw_labels_run(store, stmt);
}

int pw_labels_take(struct pw_labels *store, const struct pw_label_row *row)
{
	sqlite3_stmt *stmt;
	int r = pw_labels_prepare(store, PW_SQL_MARK_KEEP, &stmt);

	if (r < 0)
		return r;
	bind_object(stmt, row);
	pw_labels_bind(stmt, 4, row->labels);
	r = pw_labels_run(store, stmt);
	if (r == 0 && !sqlite3_changes(store->db))
		return -ENOENT;
	if (r == 0)
		r = pw_labels_prepare(store, PW_SQL_MARK_DROP, &stmt);
	if (r < 0)
		return r;
	bind_object(stmt, row);
	return pw_labels_run(store, stmt);
}

int pw_labels_get(struct pw_labels *store, struct pw_label_row *row)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	int r = pw_labels_prepare(store, PW_SQL_MARK_GET, &stmt);

	if (r < 0)
		return r;
	bind_object(stmt, row);
	r = pw_labels_row(store, stmt);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	row->labels = pw_labels_u64(stmt, 0);
	row->why = pw_labels_u32(stmt, 1);
	row->person = pw_labels_u32(stmt, 2);
	row->first_ns = pw_labels_u64(stmt, 3);
	row->step = pw_labels_u64(stmt, 4);
	return 0;
}

int pw_labels_count(struct pw_labels *store, uint64_t *ret_n)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	int r = pw_labels_prepare(store, PW_SQL_MARK_COUNT, &stmt);

	if (r < 0)
		return r;
	r = pw_labels_row(store, stmt);
	if (r > 0)
		*ret_n = pw_labels_u64(stmt, 0);
	return r < 0 ? r : 0;
}

struct chunk {
	struct pw_mark_key key[PW_LABELS_CHUNK];
	struct pw_mark mark[PW_LABELS_CHUNK];
};

/* Read the next rows into @chunk; how many, or -errno. */
static int read_chunk(struct pw_labels *store, sqlite3_stmt *stmt, uint64_t sb, struct chunk *chunk)
{
	int n = 0, r = 1;

	while (n < PW_LABELS_CHUNK && (r = pw_labels_row(store, stmt)) > 0) {
		chunk->key[n] = (struct pw_mark_key){
			.sb = sb,
			.inode = pw_labels_u64(stmt, 0),
			.inode_generation = pw_labels_u32(stmt, 1),
		};
		chunk->mark[n] = (struct pw_mark){
			.labels = pw_labels_u64(stmt, 2),
			.why = pw_labels_u32(stmt, 3),
			.person = pw_labels_u32(stmt, 4),
		};
		n += chunk->mark[n].labels != 0;
	}
	return r < 0 ? r : n;
}

int pw_labels_each(struct pw_labels *store, uint32_t fs, uint64_t sb,
		   int (*take)(void *ctx, struct pw_mark_key *key, struct pw_mark *mark, size_t n),
		   void *ctx)
{
	_cleanup_free_ struct chunk *chunk = malloc(sizeof(*chunk));
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	int n, r;

	if (!chunk)
		return -ENOMEM;
	r = pw_labels_prepare(store, PW_SQL_MARK_EACH, &stmt);
	if (r < 0)
		return r;
	pw_labels_bind(stmt, 1, fs);
	do {
		n = read_chunk(store, stmt, sb, chunk);
		if (n > 0)
			r = take(ctx, chunk->key, chunk->mark, (size_t)n);
	} while (r >= 0 && n == PW_LABELS_CHUNK);
	return n < 0 ? n : r < 0 ? r : 0;
}
