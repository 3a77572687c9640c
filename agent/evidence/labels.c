/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store's file: opening, tables, transactions. It is read by nobody else, but it is
 * a file: damaged, cut off or made by somebody else it yields an error and nothing worse.
 */
#include "base/cleanup.h"
#include "evidence/labels-private.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define APPLICATION_ID 0x70684c42 /* "phLB": what file(1) and we know it by */
#define SCHEMA         2
#define BUSY_MS        2000 /* a reader that takes its time; a writer there is only one */
#define CACHE_KIB      512

/* What version 1 did not have. */
#define SCHEMA_2                                                                          \
	"PRAGMA user_version = 2;"                                                        \
	"CREATE TABLE held (boot TEXT NOT NULL, pid INTEGER NOT NULL,"                    \
	" start_ns INTEGER NOT NULL, labels INTEGER NOT NULL, since_ns INTEGER NOT NULL," \
	" person INTEGER NOT NULL, session INTEGER NOT NULL,"                             \
	" PRIMARY KEY (boot, pid, start_ns)) WITHOUT ROWID;"                              \
	"CREATE TABLE look (boot TEXT PRIMARY KEY, at_ns INTEGER NOT NULL) WITHOUT ROWID;"

static const char schema[] =
	"PRAGMA application_id = 1885883458;"
	"CREATE TABLE label (bit INTEGER PRIMARY KEY CHECK (bit BETWEEN 0 AND 63),"
	" name TEXT NOT NULL UNIQUE);"
	"CREATE TABLE fs (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
	" reuses INTEGER NOT NULL);"
	"CREATE TABLE mark (fs INTEGER NOT NULL, inode INTEGER NOT NULL,"
	" generation INTEGER NOT NULL, labels INTEGER NOT NULL, why INTEGER NOT NULL,"
	" person INTEGER NOT NULL, first_ns INTEGER NOT NULL, step INTEGER NOT NULL,"
	" PRIMARY KEY (fs, inode, generation)) WITHOUT ROWID;"
	"CREATE TABLE step (id INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL,"
	" kind INTEGER NOT NULL, labels INTEGER NOT NULL, run INTEGER NOT NULL,"
	" domain INTEGER NOT NULL, pid INTEGER NOT NULL, start_ns INTEGER NOT NULL,"
	" uid INTEGER NOT NULL, auid INTEGER NOT NULL, door INTEGER NOT NULL,"
	" fs INTEGER NOT NULL, inode INTEGER NOT NULL, generation INTEGER NOT NULL,"
	" mode INTEGER NOT NULL, comm TEXT, exe TEXT, script TEXT, path TEXT);"
	"CREATE INDEX step_object ON step (fs, inode, generation);"
	"CREATE INDEX step_domain ON step (run, domain);"
	"CREATE INDEX step_process ON step (run, pid);"
	"CREATE TABLE domain (run INTEGER NOT NULL, id INTEGER NOT NULL,"
	" from_id INTEGER NOT NULL, since_ns INTEGER NOT NULL,"
	" PRIMARY KEY (run, id)) WITHOUT ROWID;" SCHEMA_2;

#define STEP_COLUMNS                                                                  \
	"id, time_ns, kind, labels, run, domain, pid, start_ns, uid, auid, door, fs," \
	" inode, generation, mode, comm, exe, script, path"

static const char *const text_of[_PW_SQL_MAX] = {
	[PW_SQL_BEGIN] = "BEGIN IMMEDIATE",
	[PW_SQL_COMMIT] = "COMMIT",
	[PW_SQL_ROLLBACK] = "ROLLBACK",
	[PW_SQL_NAMES] = "SELECT bit, name FROM label",
	[PW_SQL_NAME_DROP] = "DELETE FROM label",
	[PW_SQL_NAME_PUT] = "INSERT INTO label (bit, name) VALUES (?1, ?2)",
	[PW_SQL_USED] = "SELECT DISTINCT labels FROM mark UNION SELECT labels FROM held",
	[PW_SQL_FS_FIND] = "SELECT id FROM fs WHERE name = ?1",
	[PW_SQL_FS_ADD] = "INSERT INTO fs (name, reuses) VALUES (?1, ?2)",
	[PW_SQL_FS_NAME] = "SELECT name FROM fs WHERE id = ?1",
	[PW_SQL_FS_REUSES] = "SELECT reuses FROM fs WHERE id = ?1",
	[PW_SQL_BOOTS_MARKS] =
		"DELETE FROM mark WHERE fs IN (SELECT id FROM fs WHERE substr(name, 1, 5) ="
		" 'boot:' AND substr(name, 6, length(?1)) <> ?1)",
	[PW_SQL_MARK_PUT] =
		"INSERT INTO mark (fs, inode, generation, labels, why, person, first_ns, step)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE"
		" SET labels = labels | excluded.labels, why = why | excluded.why",
	[PW_SQL_MARK_STALE] = "DELETE FROM mark WHERE fs = ?1 AND inode = ?2 AND generation <> ?3",
	[PW_SQL_MARK_GET] = "SELECT labels, why, person, first_ns, step FROM mark"
			    " WHERE fs = ?1 AND inode = ?2 AND generation = ?3",
	[PW_SQL_MARK_KEEP] = "UPDATE mark SET labels = labels & ~?4"
			     " WHERE fs = ?1 AND inode = ?2 AND generation = ?3",
	[PW_SQL_MARK_DROP] = "DELETE FROM mark WHERE fs = ?1 AND inode = ?2 AND generation = ?3"
			     " AND labels = 0",
	[PW_SQL_MARK_COUNT] = "SELECT count(*) FROM mark",
	[PW_SQL_MARK_EACH] =
		"SELECT inode, generation, labels, why, person FROM mark WHERE fs = ?1",
	[PW_SQL_STEP_ADD] = "INSERT INTO step (" STEP_COLUMNS ") VALUES (NULL, ?2, ?3, ?4, ?5, ?6,"
			    " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
	[PW_SQL_STEP_TRIM] = "DELETE FROM step WHERE id <= (SELECT max(id) FROM step) - ?1",
	[PW_SQL_STEP_FORGET] = "UPDATE step SET labels = labels & ~?1 WHERE labels & ?1 <> 0",
	[PW_SQL_STEP_OBJECT] = "SELECT " STEP_COLUMNS " FROM step WHERE fs = ?1 AND inode = ?2"
			       " AND generation = ?3 AND time_ns <= ?4 ORDER BY id DESC LIMIT 4096",
	[PW_SQL_STEP_LATER] = "SELECT " STEP_COLUMNS " FROM step WHERE fs = ?1 AND inode = ?2"
			      " AND generation = ?3 AND time_ns > ?4 AND run = ?5 AND kind = ?6"
			      " ORDER BY time_ns, id LIMIT 1",
	[PW_SQL_STEP_DOMAIN] = "SELECT " STEP_COLUMNS " FROM step WHERE run = ?1 AND domain = ?2"
			       " AND time_ns <= ?3 ORDER BY id DESC LIMIT 4096",
	[PW_SQL_STEP_PROCESS] = "SELECT " STEP_COLUMNS " FROM step WHERE run = ?1"
				" AND pid = ?2 ORDER BY id DESC LIMIT 1",
	[PW_SQL_DOMAIN_ADD] = "INSERT OR IGNORE INTO domain (run, id, from_id, since_ns)"
			      " VALUES (?1, ?2, ?3, ?4)",
	[PW_SQL_DOMAIN_GET] = "SELECT from_id FROM domain WHERE run = ?1 AND id = ?2",
	[PW_SQL_DOMAIN_TRIM] = "DELETE FROM domain WHERE since_ns <"
			     " (SELECT time_ns FROM step ORDER BY id LIMIT 1)",
	[PW_SQL_HELD_PUT] = "INSERT OR REPLACE INTO held (boot, pid, start_ns, labels, since_ns,"
			    " person, session) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[PW_SQL_HELD_DROP] = "DELETE FROM held WHERE boot = ?1 AND pid = ?2 AND start_ns = ?3",
	[PW_SQL_HELD_EACH] = "SELECT pid, start_ns, labels, since_ns, person, session"
			     " FROM held WHERE boot = ?1 ORDER BY start_ns, pid",
	[PW_SQL_HELD_FORGET] = "DELETE FROM held WHERE boot <> ?1",
	[PW_SQL_LOOK_PUT] = "INSERT OR REPLACE INTO look (boot, at_ns) VALUES (?1, ?2)",
	[PW_SQL_LOOK_GET] = "SELECT at_ns FROM look WHERE boot = ?1",
	[PW_SQL_LOOK_FORGET] = "DELETE FROM look WHERE boot <> ?1",
};

int pw_labels_errno(struct pw_labels *store, int result)
{
	switch (result & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_CONSTRAINT: /* what was checked when it was written */
	case SQLITE_MISMATCH:
		return -EBADMSG;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CANTOPEN: {
		int error = store ? sqlite3_system_errno(store->db) : 0;

		return error ? -error : -EACCES;
	}
	default:
		return -EIO;
	}
}

const char *pw_labels_strerror(int r)
{
	switch (r) {
	case -EBADMSG:
		return "the file is damaged";
	case -EPROTO:
		return "the file was made by a later release";
	case -EPERM:
		return "the file is open to others than root, or not root's";
	default:
		return strerror(-r);
	}
}

int pw_labels_prepare(struct pw_labels *store, enum pw_labels_sql which, sqlite3_stmt **ret_stmt)
{
	sqlite3_stmt **stmt = &store->stmt[which];
	int result;

	*ret_stmt = NULL;
	if (!*stmt) {
		result = sqlite3_prepare_v3(store->db, text_of[which], -1,
					    SQLITE_PREPARE_PERSISTENT, stmt, NULL);
		/* A table that is missing: the file is not what it says it is. */
		if (result != SQLITE_OK)
			return result == SQLITE_ERROR ? -EBADMSG : pw_labels_errno(store, result);
	}
	sqlite3_clear_bindings(*stmt);
	*ret_stmt = *stmt;
	return 0;
}

int pw_labels_row(struct pw_labels *store, sqlite3_stmt *stmt)
{
	int result = sqlite3_step(stmt);

	return result == SQLITE_ROW ? 1 : pw_labels_errno(store, result);
}

void pw_labels_done(sqlite3_stmt **stmt)
{
	if (*stmt)
		sqlite3_reset(*stmt);
}

int pw_labels_run(struct pw_labels *store, sqlite3_stmt *stmt)
{
	int r = pw_labels_errno(store, sqlite3_step(stmt));

	sqlite3_reset(stmt);
	return r;
}

static int run(struct pw_labels *store, enum pw_labels_sql which)
{
	sqlite3_stmt *stmt;
	int r = pw_labels_prepare(store, which, &stmt);

	return r < 0 ? r : pw_labels_run(store, stmt);
}

int pw_labels_begin(struct pw_labels *store)
{
	return run(store, PW_SQL_BEGIN);
}

int pw_labels_commit(struct pw_labels *store)
{
	return run(store, PW_SQL_COMMIT);
}

void pw_labels_rollback(struct pw_labels *store)
{
	store->fs_asked = 0;
	/* After some errors SQLite has done so itself. */
	if (!sqlite3_get_autocommit(store->db))
		run(store, PW_SQL_ROLLBACK);
}

int pw_labels_checkpoint(struct pw_labels *store)
{
	return pw_labels_errno(store,
			       sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE,
							 NULL, NULL));
}

void pw_labels_shrink(struct pw_labels *store)
{
	sqlite3_db_release_memory(store->db);
}

/* ---- Opening ---- */

static int number(struct pw_labels *store, const char *pragma, int *ret)
{
	sqlite3_stmt *stmt = NULL;
	int result = sqlite3_prepare_v2(store->db, pragma, -1, &stmt, NULL);

	if (result == SQLITE_OK)
		result = sqlite3_step(stmt);
	if (result == SQLITE_ROW)
		*ret = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return result == SQLITE_ROW    ? 0
	       : result == SQLITE_DONE ? -EBADMSG
				       : pw_labels_errno(store, result);
}

static int execute(struct pw_labels *store, const char *sql)
{
	return pw_labels_errno(store, sqlite3_exec(store->db, sql, NULL, NULL, NULL));
}

/* Nothing of the file is to be believed, and little memory to be taken for it. */
static int configure(struct pw_labels *store, enum pw_labels_how how)
{
	char text[256];
	int r;

	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, 1 << 20);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	snprintf(text, sizeof(text),
		 "PRAGMA cache_size = -%d; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;"
		 "PRAGMA cell_size_check = ON; PRAGMA synchronous = NORMAL;"
		 "PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 4194304;",
		 CACHE_KIB);
	r = execute(store, text);
	if (r == 0 && how == PW_LABELS_WRITE)
		r = execute(store, "PRAGMA journal_mode = WAL");
	return r;
}

/* What is to be made of the file. */
enum { READY = 0, EMPTY, OLDER };

/* Another's file, or that of a later release, is not touched. */
static int check(struct pw_labels *store, enum pw_labels_how how)
{
	int application = 0, version = 0, tables = 0, r;

	r = number(store, "PRAGMA application_id", &application);
	if (r == 0)
		r = number(store, "PRAGMA user_version", &version);
	if (r == 0)
		r = number(store, "SELECT count(*) FROM sqlite_schema", &tables);
	if (r < 0)
		return r;
	if (application == APPLICATION_ID && version == 1 && how == PW_LABELS_WRITE)
		return OLDER;
	if (application == APPLICATION_ID)
		return version == SCHEMA ? READY : version > SCHEMA ? -EPROTO : -EBADMSG;
	if (application || version || tables)
		return -EBADMSG;
	return how == PW_LABELS_READ ? -ENOENT : EMPTY;
}

static int make_tables(struct pw_labels *store, const char *tables)
{
	int r = pw_labels_begin(store);

	if (r == 0)
		r = execute(store, tables);
	if (r == 0)
		r = pw_labels_commit(store);
	if (r < 0)
		pw_labels_rollback(store);
	return r;
}

/* The file for us alone, before SQLite makes it for more; its log gets the same mode. */
static int make_file(const char *path, enum pw_labels_how how)
{
	int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	_cleanup_close_ int fd = open(
		path, how == PW_LABELS_WRITE ? flags | O_RDWR | O_CREAT : flags | O_RDONLY, 0600);
	struct stat st;

	if (fd < 0)
		return errno == ELOOP ? -EPERM : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 077) ? 0 : -EPERM;
}

static int open_store(const char *path, enum pw_labels_how how, struct pw_labels *store)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_READWRITE, r;

	/* A path below a link is as good as any: only the file itself must not be one. */
	char real[PATH_MAX];

	r = make_file(path, how);
	if (r < 0)
		return r;
	if (!realpath(path, real))
		return -errno;
	r = pw_labels_errno(store, sqlite3_open_v2(real, &store->db, flags, NULL));
	if (r == 0)
		r = configure(store, how);
	if (r == 0)
		r = check(store, how);
	if (r == EMPTY || r == OLDER)
		r = make_tables(store, r == EMPTY ? schema : SCHEMA_2);
	if (r == 0 && how == PW_LABELS_READ)
		r = execute(store, "PRAGMA query_only = ON");
	return r;
}

int pw_labels_open(const char *path, enum pw_labels_how how, struct pw_str *why,
		   struct pw_labels **ret_store)
{
	struct pw_labels *store = calloc(1, sizeof(*store));
	int r = store ? open_store(path, how, store) : -ENOMEM;

	if (r == 0) {
		*ret_store = store;
		return 0;
	}
	pw_labels_close(&store);
	pw_str_addf(why, "the store of labels cannot be used: %s%s", pw_labels_strerror(r),
		    r == -EBADMSG || r == -EPROTO
			    ? "; put back a good copy or move it away, then restart phiwardd"
			    : "");
	return r;
}

void pw_labels_close(struct pw_labels **store)
{
	if (!*store)
		return;
	for (size_t i = 0; i < _PW_SQL_MAX; i++)
		sqlite3_finalize((*store)->stmt[i]);
	sqlite3_close_v2((*store)->db);
	free(*store);
	*store = NULL;
}
