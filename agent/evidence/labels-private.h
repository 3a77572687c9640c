/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the store share: the connection and its statements. Private to them. */
#ifndef PW_LABELS_PRIVATE_H
#define PW_LABELS_PRIVATE_H

#include "evidence/labels.h"

#include <sqlite3.h>

enum pw_labels_sql {
	PW_SQL_BEGIN = 0,
	PW_SQL_COMMIT,
	PW_SQL_ROLLBACK,
	PW_SQL_NAMES,
	PW_SQL_NAME_DROP,
	PW_SQL_NAME_PUT,
	PW_SQL_USED,
	PW_SQL_FS_FIND,
	PW_SQL_FS_ADD,
	PW_SQL_FS_NAME,
	PW_SQL_FS_REUSES,
	PW_SQL_BOOTS_MARKS,
	PW_SQL_MARK_PUT,
	PW_SQL_MARK_STALE,
	PW_SQL_MARK_GET,
	PW_SQL_MARK_KEEP,
	PW_SQL_MARK_DROP,
	PW_SQL_MARK_COUNT,
	PW_SQL_MARK_EACH,
	PW_SQL_STEP_ADD,
	PW_SQL_STEP_TRIM,
	PW_SQL_STEP_FORGET,
	PW_SQL_STEP_OBJECT,
	PW_SQL_STEP_LATER,
	PW_SQL_STEP_DOMAIN,
	PW_SQL_STEP_PROCESS,
	PW_SQL_DOMAIN_ADD,
	PW_SQL_DOMAIN_GET,
	PW_SQL_DOMAIN_TRIM,
	PW_SQL_HELD_PUT,
	PW_SQL_HELD_DROP,
	PW_SQL_HELD_EACH,
	PW_SQL_HELD_FORGET,
	PW_SQL_LOOK_PUT,
	PW_SQL_LOOK_GET,
	PW_SQL_LOOK_FORGET,
	_PW_SQL_MAX,
};

struct pw_labels {
	sqlite3 *db;
	sqlite3_stmt *stmt[_PW_SQL_MAX];
	uint32_t fs_asked; /* the last file system asked of, and whether it uses inodes again */
	bool fs_reuses;
};

/* -errno for a result of SQLite. */
int pw_labels_errno(struct pw_labels *store, int result);

/* The statement, reset and without values; prepared when it is first asked for. */
int pw_labels_prepare(struct pw_labels *store, enum pw_labels_sql which, sqlite3_stmt **ret_stmt);

/* Run it to its end. Returns 0 or -errno. */
int pw_labels_run(struct pw_labels *store, sqlite3_stmt *stmt);

/* One row: 1 (to be read; reset afterwards by pw_labels_done()), 0: no more, or -errno. */
int pw_labels_row(struct pw_labels *store, sqlite3_stmt *stmt);
void pw_labels_done(sqlite3_stmt **stmt);
#define _cleanup_stmt_ __attribute__((cleanup(pw_labels_done)))

static inline void pw_labels_bind(sqlite3_stmt *stmt, int at, uint64_t value)
{
	sqlite3_bind_int64(stmt, at, (sqlite3_int64)value);
}

/* @text may be NULL and must live until the statement has run. */
static inline void pw_labels_bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	if (text)
		sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(stmt, at);
}

static inline uint64_t pw_labels_u64(sqlite3_stmt *stmt, int column)
{
	return (uint64_t)sqlite3_column_int64(stmt, column);
}

static inline uint32_t pw_labels_u32(sqlite3_stmt *stmt, int column)
{
	return (uint32_t)sqlite3_column_int64(stmt, column);
}

#endif /* PW_LABELS_PRIVATE_H */
