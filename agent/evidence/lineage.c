/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps of lineage: from events, into the store, out of it, and told as JSON. */
#include "evidence/lineage-private.h"

#include "base/cleanup.h"
#include "base/words.h"
#include "evidence/json.h"
#include "evidence/labels-private.h"

#include <string.h>
#include <sys/stat.h>

#define UNSET UINT32_MAX

const char *const pw_step_kind_names[_PW_STEP_KIND_MAX] = {
	[0] = "unknown",
	[PW_STEP_TOOK] = "took",
	[PW_STEP_MARKED] = "labelled",
	[PW_STEP_DECLASSIFIED] = "declassified",
	[PW_STEP_LOST] = "lost",
	[PW_STEP_SET] = "set",
	[PW_STEP_CLEARED] = "cleared",
	[PW_STEP_RECALLED] = "recalled",
};

void pw_step_clear(struct pw_step *step)
{
	free(step->exe);
	free(step->script);
	free(step->path);
	*step = (struct pw_step){ 0 };
}

static int kind_of(uint8_t event)
{
	switch (event) {
	case PW_EVENT_TOOK:
		return PW_STEP_TOOK;
	case PW_EVENT_MARKED:
		return PW_STEP_MARKED;
	case PW_EVENT_DECLASSIFIED:
		return PW_STEP_DECLASSIFIED;
	case PW_EVENT_SPREAD_LOST:
		return PW_STEP_LOST;
	case PW_EVENT_RECALLED:
		return PW_STEP_RECALLED;
	default:
		return -EINVAL;
	}
}

/* Token of @path into *ret; NULL when there is none. */
static int token_of(const struct pw_bytes *path, const struct pw_event *event,
		    const struct pw_render_context *context, bool program, char **ret)
{
	_cleanup_str_ struct pw_str text = { 0 };
	int r;

	*ret = NULL;
	if (!path->len)
		return 0;
	r = pw_render_token(context, event->generation, path, program, &text);
	if (r == 0)
		*ret = pw_str_take(&text);
	return r < 0 ? r : *ret ? 0 : -ENOMEM;
}

int pw_step_of_event(const struct pw_event_view *view, const struct pw_render_context *context,
		     uint64_t time_ns, uint64_t start_ns, struct pw_step *ret_step)
{
	const struct pw_event *event = &view->event;
	int kind = kind_of(event->kind), r;
	_cleanup_step_ struct pw_step step = {
		.time_ns = time_ns,
		.start_ns = start_ns,
		.labels = event->labels,
		.run = strtoull(context->run, NULL, 16),
		.domain = event->domain,
		.inode = event->inode,
		.generation = event->inode_generation,
		.mode = event->mode,
		.door = event->door,
		.pid = event->pid,
		.uid = event->uid,
		.auid = event->auid,
	};

	if (kind < 0)
		return kind;
	step.kind = (uint32_t)kind;
	memcpy(step.comm, event->comm, PW_COMM_LEN);
	r = token_of(&view->exe, event, context, true, &step.exe);
	if (r == 0)
		r = token_of(&view->script, event, context, true, &step.script);
	/* Of a pipe the kernel tells the root of where pipes are. */
	if (r == 0 && (view->path.len > 1 || S_ISDIR(event->mode)))
		r = token_of(&view->path, event, context, false, &step.path);
	if (r < 0)
		return r;
	*ret_step = step;
	step = (struct pw_step){ 0 };
	return 0;
}

/* ---- The store ---- */

int pw_lineage_add(struct pw_labels *store, const struct pw_step *step, uint64_t *ret_id)
{
	const uint64_t value[] = {
		step->time_ns, step->kind,     step->labels,     step->run,  step->domain,
		step->pid,     step->start_ns, step->uid,        step->auid, step->door,
		step->fs,      step->inode,    step->generation, step->mode,
	};
	sqlite3_stmt *stmt;
	int r = pw_labels_prepare(store, PW_SQL_STEP_ADD, &stmt);

	if (r < 0)
		return r;
	for (size_t i = 0; i < PW_ARRAY_SIZE(value); i++)
		pw_labels_bind(stmt, (int)i + 2, value[i]);
	pw_labels_bind_text(stmt, 16, step->comm);
	pw_labels_bind_text(stmt, 17, step->exe);
	pw_labels_bind_text(stmt, 18, step->script);
	pw_labels_bind_text(stmt, 19, step->path);
	r = pw_labels_run(store, stmt);
	if (r == 0 && ret_id)
		*ret_id = (uint64_t)sqlite3_last_insert_rowid(store->db);
	return r;
}

int pw_lineage_add_domain(struct pw_labels *store, uint64_t run, uint64_t id, uint64_t from,
			  uint64_t since_ns)
{
	sqlite3_stmt *stmt;
	int r = pw_labels_prepare(store, PW_SQL_DOMAIN_ADD, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind(stmt, 1, run);
	pw_labels_bind(stmt, 2, id);
	pw_labels_bind(stmt, 3, from);
	pw_labels_bind(stmt, 4, since_ns);
	return pw_labels_run(store, stmt);
}

int pw_lineage_trim(struct pw_labels *store, uint64_t max)
{
	sqlite3_stmt *stmt;
	int r = pw_labels_prepare(store, PW_SQL_STEP_TRIM, &stmt);

	if (r < 0)
		return r;
	pw_labels_bind(stmt, 1, max);
	r = pw_labels_run(store, stmt);
	if (r < 0 || !sqlite3_changes(store->db))
		return r;
	r = pw_labels_prepare(store, PW_SQL_DOMAIN_TRIM, &stmt);
	return r < 0 ? r : pw_labels_run(store, stmt);
}

static int copy_text(sqlite3_stmt *stmt, int column, char **ret)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	*ret = text ? strdup(text) : NULL;
	return text && !*ret ? -ENOMEM : 0;
}

int pw_step_read(sqlite3_stmt *stmt, struct pw_step *ret_step)
{
	const char *comm = (const char *)sqlite3_column_text(stmt, 15);
	_cleanup_step_ struct pw_step step = {
		.id = pw_labels_u64(stmt, 0),
		.time_ns = pw_labels_u64(stmt, 1),
		.kind = pw_labels_u32(stmt, 2),
		.labels = pw_labels_u64(stmt, 3),
		.run = pw_labels_u64(stmt, 4),
		.domain = pw_labels_u64(stmt, 5),
		.pid = pw_labels_u32(stmt, 6),
		.start_ns = pw_labels_u64(stmt, 7),
		.uid = pw_labels_u32(stmt, 8),
		.auid = pw_labels_u32(stmt, 9),
		.door = pw_labels_u32(stmt, 10),
		.fs = pw_labels_u32(stmt, 11),
		.inode = pw_labels_u64(stmt, 12),
		.generation = pw_labels_u32(stmt, 13),
		.mode = pw_labels_u32(stmt, 14),
	};

	snprintf(step.comm, sizeof(step.comm), "%s", comm ? comm : "");
	if (copy_text(stmt, 16, &step.exe) < 0 || copy_text(stmt, 17, &step.script) < 0 ||
	    copy_text(stmt, 18, &step.path) < 0)
		return -ENOMEM;
	*ret_step = step;
	step = (struct pw_step){ 0 };
	return 0;
}

/* ---- As JSON ---- */

static void json_time(struct pw_str *s, const char *key, uint64_t utc_ns)
{
	pw_json_raw(s, key, "\"", 1);
	pw_time_add(s, utc_ns);
	pw_str_add(s, "\"");
}

static void add_labels(const struct pw_label_names *names, uint64_t labels, struct pw_str *into)
{
	pw_json_open(into, "labels", '[');
	for (unsigned int bit = 0; bit < PW_LABELS_MAX; bit++) {
		_cleanup_str_ struct pw_str name = { 0 };

		if (!(labels >> bit & 1))
			continue;
		pw_label_names_add(names, 1ULL << bit, &name);
		pw_json_text(into, NULL, name.text);
	}
	pw_json_close(into, ']');
}

static void add_object(const struct pw_step *step, const struct pw_chain_telling *telling,
		       struct pw_str *into)
{
	_cleanup_free_ char *clear = telling->path ? telling->path(telling->ctx, step) : NULL;

	pw_json_open(into, "object", '{');
	pw_json_text(into, "path", clear);
	pw_json_text(into, "path_token", step->path);
	pw_json_text(into, "type", pw_file_type_name(step->mode));
	pw_json_u64(into, "inode", step->inode);
	pw_json_u64(into, "generation", step->generation);
	pw_json_close(into, '}');
}

static void add_process(const struct pw_step *step, const struct pw_chain_telling *telling,
			struct pw_str *into)
{
	uint32_t person = step->auid == UNSET ? step->uid : step->auid;
	const char *user =
		telling->users && person != UNSET ? pw_users_name(telling->users, person) : NULL;

	pw_json_open(into, "actor", '{');
	pw_json_text(into, "user", user);
	if (step->uid == UNSET)
		pw_json_null(into, "uid");
	else
		pw_json_u64(into, "uid", step->uid);
	if (step->auid == UNSET)
		pw_json_null(into, "auid");
	else
		pw_json_u64(into, "auid", step->auid);
	pw_json_close(into, '}');
	pw_json_open(into, "process", '{');
	pw_json_u64(into, "pid", step->pid);
	if (step->start_ns)
		json_time(into, "start", step->start_ns);
	else
		pw_json_null(into, "start");
	pw_json_text(into, "exe", step->exe);
	pw_json_text(into, "script", step->script);
	pw_json_text(into, "comm", step->comm);
	pw_json_close(into, '}');
}

void pw_json_domain(struct pw_str *into, const char *key, uint64_t domain)
{
	char text[24];

	snprintf(text, sizeof(text), "%llx", (unsigned long long)domain);
	pw_json_text(into, key, domain ? text : NULL);
}

void pw_chain_json(const struct pw_chain *chain, const struct pw_chain_telling *telling,
		   const char *key, struct pw_str *into)
{
	pw_json_open(into, key, '[');
	for (size_t i = 0; i < chain->n; i++) {
		const struct pw_step *step = &chain->link[i].step;
		uint32_t kind = step->kind < _PW_STEP_KIND_MAX ? step->kind : 0;

		pw_json_open(into, NULL, '{');
		pw_json_u64(into, "id", step->id);
		if (chain->link[i].leads_to)
			pw_json_u64(into, "leads_to", chain->link[i].leads_to);
		else
			pw_json_null(into, "leads_to");
		pw_json_bool(into, "origin", chain->link[i].origin);
		json_time(into, "time", step->time_ns);
		pw_json_text(into, "step", pw_step_kind_names[kind]);
		add_labels(telling->names, step->labels, into);
		add_object(step, telling, into);
		pw_json_text(into, "door",
			     step->door && step->door < _PW_DOOR_MAX ? pw_door_names[step->door]
								     : NULL);
		pw_json_domain(into, "domain", step->domain);
		add_process(step, telling, into);
		pw_json_close(into, '}');
	}
	pw_json_close(into, ']');
}
