/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that held labels: for who starts anew under the same kernel. */
#include "base/cleanup.h"
#include "evidence/labels-private.h"

static int put_one(struct pw_labels *store, const char *boot, const struct pw_labels_held *held)
{
	sqlite3_stmt *stmt;
	int r = pw_labels_prepare(store, held->labels ? PW_SQL_HELD_PUT : PW_SQL_HELD_DROP, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind_text(stmt, 1, boot);
	pw_labels_bind(stmt, 2, held->pid);
	pw_labels_bind(stmt, 3, held->start_ns);
	if (held->labels) {
		pw_labels_bind(stmt, 4, held->labels);
		pw_labels_bind(stmt, 5, held->since_ns);
		pw_labels_bind(stmt, 6, held->person);
		pw_labels_bind(stmt, 7, held->session);
	}
	return pw_labels_run(store, stmt);
}

int pw_labels_put_held(struct pw_labels *store, const char *boot,
		       const struct pw_labels_look *look)
{
	sqlite3_stmt *stmt;
	int r = pw_labels_prepare(store, PW_SQL_LOOK_PUT, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind_text(stmt, 1, boot);
	pw_labels_bind(stmt, 2, look->at_ns);
	r = pw_labels_run(store, stmt);
	for (size_t i = 0; i < look->n && r == 0; i++)
		r = put_one(store, boot, &look->held[i]);
	return r;
}

static int load_look(struct pw_labels *store, const char *boot, uint64_t *ret_at_ns)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	int r = pw_labels_prepare(store, PW_SQL_LOOK_GET, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind_text(stmt, 1, boot);
	r = pw_labels_row(store, stmt);
	*ret_at_ns = r > 0 ? pw_labels_u64(stmt, 0) : 0;
	return r < 0 ? r : 0;
}

static int load_rows(struct pw_labels *store, const char *boot, struct pw_str *into)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	int r = pw_labels_prepare(store, PW_SQL_HELD_EACH, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind_text(stmt, 1, boot);
	while ((r = pw_labels_row(store, stmt)) > 0) {
		const struct pw_labels_held held = {
			.pid = pw_labels_u32(stmt, 0),
			.start_ns = pw_labels_u64(stmt, 1),
			.labels = pw_labels_u64(stmt, 2),
			.since_ns = pw_labels_u64(stmt, 3),
			.person = pw_labels_u32(stmt, 4),
			.session = pw_labels_u32(stmt, 5),
		};

		pw_str_add_bytes(into, &held, sizeof(held));
	}
	return r < 0 ? r : into->error;
}

int pw_labels_load_held(struct pw_labels *store, const char *boot, struct pw_labels_look *ret_look)
{
	_cleanup_str_ struct pw_str rows = { 0 };
	struct pw_labels_look look = { 0 };
	int r = load_look(store, boot, &look.at_ns);

	if (r == 0)
		r = load_rows(store, boot, &rows);
	if (r < 0)
		return r;
	look.n = rows.len / sizeof(*look.held);
	if (look.n)
		look.held = (struct pw_labels_held *)(void *)pw_str_take(&rows);
	*ret_look = look;
	return 0;
}

static int forget(struct pw_labels *store, const char *boot, enum pw_labels_sql which)
{
	sqlite3_stmt *stmt;
	int r = pw_labels_prepare(store, which, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind_text(stmt, 1, boot);
	return pw_labels_run(store, stmt);
}

int pw_labels_forget_held(struct pw_labels *store, const char *boot)
{
	int r = forget(store, boot, PW_SQL_HELD_FORGET);

	return r < 0 ? r : forget(store, boot, PW_SQL_LOOK_FORGET);
}
