/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What labels and file systems are called in the store, and in the xattr of a file. */
#include "base/cleanup.h"
#include "evidence/labels-private.h"

#include <string.h>

#define XATTR_VERSION 1

bool pw_label_name_valid(const char *name, size_t len)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	if (len == 0 || len > PW_LABEL_NAME_MAX || name[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!name[i] || !strchr(allowed, name[i]))
			return false;
	return true;
}

int pw_label_names_find(const struct pw_label_names *names, const char *name)
{
	for (int bit = 0; bit < PW_LABELS_MAX; bit++)
		if (names->name[bit][0] && strcmp(names->name[bit], name) == 0)
			return bit;
	return -ENOENT;
}

int pw_label_names_number(struct pw_label_names *names, const char *name, uint64_t used)
{
	int bit = pw_label_names_find(names, name), free = -ENOSPC;

	if (bit >= 0)
		return bit;
	for (bit = PW_LABELS_MAX - 1; bit >= 0; bit--)
		if (!names->name[bit][0])
			free = bit;
	for (bit = 0; bit < PW_LABELS_MAX && free < 0; bit++)
		if (!(used >> bit & 1))
			free = bit;
	if (free >= 0)
		snprintf(names->name[free], sizeof(names->name[free]), "%s", name);
	return free;
}

uint64_t pw_label_names_release(struct pw_label_names *names, uint64_t keep)
{
	uint64_t released = 0;

	for (unsigned int bit = 0; bit < PW_LABELS_MAX; bit++) {
		if (!names->name[bit][0] || keep >> bit & 1)
			continue;
		released |= 1ULL << bit;
		memset(names->name[bit], 0, sizeof(names->name[bit]));
	}
	return released;
}

void pw_label_names_add(const struct pw_label_names *names, uint64_t labels, struct pw_str *into)
{
	bool first = true;

	for (unsigned int bit = 0; bit < PW_LABELS_MAX; bit++) {
		if (!(labels >> bit & 1))
			continue;
		if (!first)
			pw_str_add(into, ",");
		first = false;
		if (names->name[bit][0])
			pw_str_add(into, names->name[bit]);
		else
			pw_str_addf(into, "#%u", bit);
	}
}

int pw_labels_load_names(struct pw_labels *store, struct pw_label_names *ret_names)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	struct pw_label_names names = { 0 };
	int r = pw_labels_prepare(store, PW_SQL_NAMES, &stmt);

	if (r < 0)
		return r;
	while ((r = pw_labels_row(store, stmt)) > 0) {
		sqlite3_int64 bit = sqlite3_column_int64(stmt, 0);
		const char *name = (const char *)sqlite3_column_text(stmt, 1);

		if (bit < 0 || bit >= PW_LABELS_MAX || !name ||
		    !pw_label_name_valid(name, strlen(name)))
			return -EBADMSG;
		memcpy(names.name[bit], name, strlen(name) + 1);
	}
	if (r == 0)
		*ret_names = names;
	return r;
}

/* Steps of a bit that has another name now would tell of the wrong label. */
static int forget_steps(struct pw_labels *store, const struct pw_label_names *names)
{
	struct pw_label_names before;
	uint64_t changed = 0;
	sqlite3_stmt *stmt;
	int r = pw_labels_load_names(store, &before);

	if (r < 0)
		return r;
	for (unsigned int bit = 0; bit < PW_LABELS_MAX; bit++)
		if (before.name[bit][0] && strcmp(before.name[bit], names->name[bit]) != 0)
			changed |= 1ULL << bit;
	if (!changed)
		return 0;
	r = pw_labels_prepare(store, PW_SQL_STEP_FORGET, &stmt);
	if (r < 0)
		return r;
	pw_labels_bind(stmt, 1, changed);
	return pw_labels_run(store, stmt);
}

int pw_labels_save_names(struct pw_labels *store, const struct pw_label_names *names)
{
	sqlite3_stmt *stmt;
	int r = forget_steps(store, names);

	if (r == 0)
		r = pw_labels_prepare(store, PW_SQL_NAME_DROP, &stmt);
	if (r == 0)
		r = pw_labels_run(store, stmt);
	for (unsigned int bit = 0; bit < PW_LABELS_MAX && r == 0; bit++) {
		if (!names->name[bit][0])
			continue;
		r = pw_labels_prepare(store, PW_SQL_NAME_PUT, &stmt);
		if (r < 0)
			break;
		pw_labels_bind(stmt, 1, bit);
		pw_labels_bind_text(stmt, 2, names->name[bit]);
		r = pw_labels_run(store, stmt);
	}
	return r;
}

int pw_labels_used(struct pw_labels *store, uint64_t *ret_labels)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	uint64_t labels = 0;
	int r = pw_labels_prepare(store, PW_SQL_USED, &stmt);

	if (r < 0)
		return r;
	while ((r = pw_labels_row(store, stmt)) > 0)
		labels |= pw_labels_u64(stmt, 0);
	if (r == 0)
		*ret_labels = labels;
	return r;
}

/* ---- File systems ---- */

int pw_labels_find_file_system(struct pw_labels *store, const char *name, uint32_t *ret_fs)
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	int r = pw_labels_prepare(store, PW_SQL_FS_FIND, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind_text(stmt, 1, name);
	r = pw_labels_row(store, stmt);
	if (r > 0)
		*ret_fs = pw_labels_u32(stmt, 0);
	return r > 0 ? 0 : r == 0 ? -ENOENT : r;
}

int pw_labels_file_system(struct pw_labels *store, const char *name, bool reuses_inodes,
			  uint32_t *ret_fs)
{
	sqlite3_stmt *stmt;
	int r = pw_labels_find_file_system(store, name, ret_fs);

	if (r != -ENOENT)
		return r;
	if (strlen(name) > PW_LABELS_FS_MAX)
		return -ENAMETOOLONG;
	r = pw_labels_prepare(store, PW_SQL_FS_ADD, &stmt);
	if (r < 0)
		return r;
	pw_labels_bind_text(stmt, 1, name);
	pw_labels_bind(stmt, 2, reuses_inodes);
	r = pw_labels_run(store, stmt);
	if (r == 0)
		*ret_fs = (uint32_t)sqlite3_last_insert_rowid(store->db);
	return r;
}

int pw_labels_file_system_name(struct pw_labels *store, uint32_t fs,
			       char ret_name[PW_LABELS_FS_MAX + 1])
{
	_cleanup_stmt_ sqlite3_stmt *stmt = NULL;
	const char *name;
	int r = pw_labels_prepare(store, PW_SQL_FS_NAME, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind(stmt, 1, fs);
	r = pw_labels_row(store, stmt);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	name = (const char *)sqlite3_column_text(stmt, 0);
	if (!name || strlen(name) > PW_LABELS_FS_MAX)
		return -EBADMSG;
	memcpy(ret_name, name, strlen(name) + 1);
	return 0;
}

int pw_labels_forget_boots(struct pw_labels *store, const char *boot)
{
	sqlite3_stmt *stmt;
	int r = pw_labels_prepare(store, PW_SQL_BOOTS_MARKS, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind_text(stmt, 1, boot);
	return pw_labels_run(store, stmt);
}

/* ---- The xattr ---- */

void pw_labels_xattr(const struct pw_label_names *names, uint64_t labels, struct pw_str *into)
{
	char version = XATTR_VERSION;

	for (unsigned int bit = 0; bit < PW_LABELS_MAX; bit++)
		if (!names->name[bit][0])
			labels &= ~(1ULL << bit);
	pw_str_add_bytes(into, &version, 1);
	pw_label_names_add(names, labels, into);
}

/* Length of the name at @at, or 0: it is none. */
static size_t name_at(const char *value, size_t len, size_t at)
{
	const char *comma = memchr(value + at, ',', len - at);
	size_t n = comma ? (size_t)(comma - value) - at : len - at;

	return pw_label_name_valid(value + at, n) ? n : 0;
}

int pw_labels_parse_xattr(const char *value, size_t len, void (*found)(void *ctx, const char *name),
			  void *ctx)
{
	size_t n;

	if (len < 2 || len > PW_LABELS_XATTR_MAX || value[0] != XATTR_VERSION)
		return -EPROTO;
	for (size_t at = 1; at <= len; at += n + 1) {
		n = at < len ? name_at(value, len, at) : 0;
		if (!n)
			return -EPROTO;
	}
	for (size_t at = 1; at < len; at += n + 1) {
		char name[PW_LABEL_NAME_MAX + 1];

		n = name_at(value, len, at);
		memcpy(name, value + at, n);
		name[n] = '\0';
		found(ctx, name);
	}
	return 0;
}
