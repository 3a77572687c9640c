/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An event as one JSON line, in the clear (for root, over the control socket) or with
 * tokens (for everything that is kept or leaves). docs/EVENTS.md says what each field is.
 */
#include "evidence/event.h"

#include "base/words.h"
#include "evidence/json.h"
#include "evidence/render-private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define UNSET 0xffffffffu

/* Where people choose names outside trees, and how many components there are nobody's. */
static const struct {
	const char *prefix;
	unsigned int clear;
} personal[] = {
	{ "/home/", 2 },    { "/root/", 1 },     { "/tmp/", 1 },
	{ "/var/tmp/", 2 }, { "/mnt/", 1 },      { "/media/", 2 },
	{ "/dev/shm/", 2 }, { "/run/user/", 3 }, { "/run/media/", 3 },
};

static const char *const flag_names[] = {
	[0] = "crosses-labels",  [1] = "unknown-object",   [2] = "raw-device",
	[3] = "no-task-state",   [4] = "program-predates", [5] = "program-writable",
	[6] = "program-changed", [7] = "program-traced",   [8] = "program-foreign-code",
	[9] = "snapshot",        [10] = "kernel-thread",   [11] = "canary",
	[12] = "memory",         [13] = "held",            [14] = "no-labels-kept",
	[15] = "labels-awaited",
	[16] = "path-raced",     [17] = "path-lost",       [18] = "path-deleted",
	[19] = "auid-unset",
};

int pw_time_add(struct pw_str *into, uint64_t utc_ns)
{
	time_t seconds = (time_t)(utc_ns / 1000000000u);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm))
		memset(&tm, 0, sizeof(tm));
	return pw_str_addf(into, "%04d-%02d-%02dT%02d:%02d:%02d.%09uZ", tm.tm_year + 1900,
			   tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
			   (unsigned int)(utc_ns % 1000000000u));
}

static void json_time(struct pw_str *s, const char *key, uint64_t utc_ns)
{
	pw_json_raw(s, key, "\"", 1);
	pw_time_add(s, utc_ns);
	pw_str_add(s, "\"");
}

/* A UUID of version 7: its time, then @number and the run, which no two records share. */
static void json_id(struct pw_str *s, const char *run, uint64_t time_ns, uint64_t number)
{
	uint64_t ms = time_ns / 1000000u, hash = 0xcbf29ce484222325ull, low;

	for (; *run; run++)
		hash = (hash ^ (uint8_t)*run) * 0x100000001b3ull;
	low = (hash ^ number >> 12) & 0x3fffffffffffffffull;
	low |= 0x8000000000000000ull;
	pw_json_raw(s, "id", "\"", 1);
	pw_str_addf(s, "%08llx-%04llx-7%03llx-%04llx-%012llx\"",
		    (unsigned long long)(ms >> 16 & 0xffffffffu), (unsigned long long)(ms & 0xffff),
		    (unsigned long long)(number & 0xfff), (unsigned long long)(low >> 48),
		    (unsigned long long)(low & 0xffffffffffffull));
}

static size_t two_components(const char *path, size_t len)
{
	unsigned int slashes = 0;
	size_t i;

	for (i = 0; i < len; i++)
		if (path[i] == '/' && ++slashes == 3)
			break;
	return i;
}

/* How much of a program's path may stand in the clear. */
static size_t program_clear(const struct pw_rendering *r, const struct pw_bytes *path)
{
	size_t clear = pw_naming_clear(r->policy, path->bytes, path->len);

	for (size_t i = 0; clear == 0 && i < sizeof(personal) / sizeof(personal[0]); i++) {
		size_t n = strlen(personal[i].prefix);
		unsigned int slashes = 0;

		if (path->len < n || memcmp(path->bytes, personal[i].prefix, n) != 0)
			continue;
		for (; clear < path->len; clear++)
			if (path->bytes[clear] == '/' && ++slashes > personal[i].clear)
				break;
		return clear;
	}
	return clear ? clear : path->len;
}

static void add_tokens(struct pw_rendering *r, const char *key, const struct pw_bytes *path,
		       size_t clear)
{
	_cleanup_str_ struct pw_str token = { 0 };

	if (pw_token_path(r->context->key, path->bytes, path->len, clear, &token) < 0)
		pw_json_null(r->out, key);
	else
		pw_json_bytes(r->out, key, token.text ? token.text : "", token.len);
}

void pw_render_path(struct pw_rendering *r, const char *key, const struct pw_bytes *path)
{
	char other[32];

	if (r->how == PW_RENDER_CLEAR) {
		if (path->len == 0) {
			pw_json_null(r->out, key);
			return;
		}
		pw_json_bytes(r->out, key, path->bytes, path->len);
		if (!pw_json_is_plain(path->bytes, path->len)) {
			snprintf(other, sizeof(other), "%s_bytes", key);
			pw_json_base64(r->out, other, path->bytes, path->len);
		}
		return;
	}
	snprintf(other, sizeof(other), "%s_token", key);
	if (path->len == 0) {
		pw_json_null(r->out, other);
	} else {
		size_t clear = pw_naming_clear(r->policy, path->bytes, path->len);

		if (!clear && path->bytes[0] != '@') /* a name of an abstract socket is all theirs */
			clear = two_components(path->bytes, path->len);
		add_tokens(r, other, path, clear);
	}
}

static void add_program(struct pw_rendering *r, const char *key, const struct pw_bytes *path)
{
	if (path->len == 0)
		pw_json_null(r->out, key);
	else if (r->how == PW_RENDER_CLEAR)
		pw_json_bytes(r->out, key, path->bytes, path->len);
	else
		add_tokens(r, key, path, program_clear(r, path));
}

static void add_head(struct pw_rendering *r)
{
	const struct pw_record *record = r->record;
	const struct pw_event *event = &record->view.event;

	pw_json_text(r->out, "schema", PW_EVENT_SCHEMA);
	json_id(r->out, r->context->run, record->time_ns, record->seq);
	pw_json_u64(r->out, "seq", record->seq);
	pw_json_text(r->out, "run", r->context->run);
	json_time(r->out, "time", record->time_ns);
	pw_json_text(r->out, "boot", r->context->boot[0] ? r->context->boot : NULL);
	pw_json_u64(r->out, "boottime_ns", event->time_ns);
	pw_json_text(r->out, "kind", pw_event_kind_names[event->kind]);
	pw_json_text(r->out, "verdict", pw_verdict_names[event->verdict]);
	pw_json_text(r->out, "operation", pw_op_names[event->op]);
	pw_json_text(r->out, "door", event->door ? pw_door_names[event->door] : NULL);
}

void pw_render_labels(struct pw_rendering *r, const char *key, uint64_t labels)
{
	pw_json_open(r->out, key, '[');
	for (; labels; labels &= labels - 1) {
		unsigned int bit = pw_lowest_bit(labels);
		const struct pw_naming_label *label = pw_naming_label(r->policy, bit);
		char text[16];

		snprintf(text, sizeof(text), "#%u", bit);
		pw_json_text(r->out, NULL, label ? label->name : text);
	}
	pw_json_close(r->out, ']');
}

static void add_decision(struct pw_rendering *r)
{
	const struct pw_event *event = &r->record->view.event;
	const struct pw_naming_policy *policy = r->policy;
	const struct pw_naming_rule *rule = NULL;
	const struct pw_naming_label *label;
	char text[32];

	if (policy && event->rule < policy->n_rules)
		rule = &policy->rule[event->rule];
	if (!rule && event->rule != PW_RULE_NONE) {
		snprintf(text, sizeof(text), "#%u", event->rule); /* of a policy long gone */
		pw_json_text(r->out, "rule", text);
	} else {
		pw_json_text(r->out, "rule", rule ? rule->id : NULL);
	}
	pw_json_text(r->out, "rule_at", rule ? rule->at : NULL);
	if (policy)
		pw_json_bytes(r->out, "policy", policy->id, strnlen(policy->id, 12));
	else
		pw_json_null(r->out, "policy");
	pw_json_u64(r->out, "generation", event->generation);
	pw_render_labels(r, "labels", event->labels);
	label = pw_naming_label(policy, event->label);
	pw_json_text(r->out, "class", label && event->labels ? pw_class_names[label->class] : NULL);
	pw_json_text(r->out, "severity", pw_severity_names[event->severity]);
	pw_json_text(r->out, "tell", rule ? rule->tell : NULL);
}

static void add_object(struct pw_rendering *r)
{
	const struct pw_event *event = &r->record->view.event;
	char text[32];

	pw_render_path(r, "path", &r->record->view.path);
	if (r->record->view.path2.len && r->record->view.event.kind != PW_EVENT_UNPROTECTED &&
	    r->record->view.event.kind != PW_EVENT_CLEARED)
		pw_render_path(r, "path2", &r->record->view.path2);
	pw_json_open(r->out, "object", '{');
	snprintf(text, sizeof(text), "%u:%u", event->dev >> 20, event->dev & 0xfffff);
	pw_json_text(r->out, "dev", text);
	pw_json_u64(r->out, "inode", event->inode);
	pw_json_u64(r->out, "generation", event->inode_generation);
	snprintf(text, sizeof(text), "%04o", event->mode & 07777);
	pw_json_text(r->out, "mode", text);
	pw_json_text(r->out, "type", pw_file_type_name(event->mode));
	pw_json_close(r->out, '}');
}

static void add_id(struct pw_str *s, const char *key, uint32_t id)
{
	if (id == UNSET)
		pw_json_null(s, key);
	else
		pw_json_u64(s, key, id);
}

void pw_render_user(struct pw_rendering *r, const char *key, uint32_t uid)
{
	pw_json_text(r->out, key, r->context->users ? pw_users_name(r->context->users, uid) : NULL);
}

static void add_actor(struct pw_rendering *r)
{
	const struct pw_event *event = &r->record->view.event;

	pw_json_open(r->out, "actor", '{');
	add_id(r->out, "uid", event->uid);
	add_id(r->out, "auid", event->auid);
	pw_render_user(r, "user", event->auid == UNSET ? event->uid : event->auid);
	add_id(r->out, "session", event->session);
	pw_render_user(r, "uid_name", event->uid);
	add_id(r->out, "euid", event->euid);
	add_id(r->out, "gid", event->gid);
	pw_json_close(r->out, '}');
}

/* UTC of a process's start: as long before the event as the kernel's clock says. */
static void add_start(struct pw_rendering *r, uint64_t start_ns)
{
	const struct pw_record *record = r->record;
	uint64_t ago = record->view.event.time_ns - start_ns;

	if (start_ns == 0 || start_ns > record->view.event.time_ns || ago > record->time_ns)
		pw_json_null(r->out, "start");
	else
		json_time(r->out, "start", record->time_ns - ago);
}

static void add_process(struct pw_rendering *r)
{
	const struct pw_record *record = r->record;
	const struct pw_event *event = &record->view.event;

	pw_json_open(r->out, "process", '{');
	pw_json_u64(r->out, "pid", event->pid);
	pw_json_u64(r->out, "tid", event->tid);
	add_start(r, event->start_ns);
	add_program(r, "exe", &record->view.exe);
	add_program(r, "script", &record->view.script);
	pw_json_bytes(r->out, "comm", event->comm, strnlen(event->comm, PW_COMM_LEN));
	pw_json_text(r->out, "args_token", record->args_token[0] ? record->args_token : NULL);
	pw_json_open(r->out, "ancestors", '[');
	for (uint32_t i = 0; i < event->n_ancestors && i < PW_ANCESTORS_MAX; i++) {
		const struct pw_ancestor *ancestor = &event->ancestor[i];

		pw_json_open(r->out, NULL, '{');
		pw_json_u64(r->out, "pid", ancestor->pid);
		add_start(r, ancestor->start_ns);
		pw_json_bytes(r->out, "comm", ancestor->comm, strnlen(ancestor->comm, PW_COMM_LEN));
		pw_json_close(r->out, '}');
	}
	pw_json_close(r->out, ']');
	pw_json_close(r->out, '}');
}

/* Why it fell so; what a person typed as the reason may name people, and is a token elsewhere. */
static void add_reason(struct pw_rendering *r)
{
	const struct pw_record *record = r->record;
	const struct pw_bytes *typed = &record->view.path2;
	_cleanup_str_ struct pw_str reason = { 0 };
	char token[PW_TOKEN_LEN + 1] = "";

	if (pw_record_reason(record, r->policy, &reason) < 0) {
		r->out->error = reason.error;
		return;
	}
	if (record->view.event.kind == PW_EVENT_CLEARED && typed->len) {
		if (r->how == PW_RENDER_CLEAR) {
			pw_str_add(&reason, ": ");
			pw_str_add_escaped(&reason, typed->bytes, typed->len);
		} else if (pw_token(r->context->key, typed->bytes, typed->len, token) < 0) {
			r->out->error = -EIO;
		}
	}
	pw_json_bytes(r->out, "reason", reason.text ? reason.text : "", reason.len);
	if (token[0])
		pw_json_text(r->out, "reason_token", token);
	if (reason.error)
		r->out->error = reason.error;
}

static void add_tail(struct pw_rendering *r)
{
	const struct pw_record *record = r->record;
	const struct pw_event *event = &record->view.event;

	pw_render_to(r);
	pw_render_lineage(r);
	add_reason(r);
	pw_json_open(r->out, "flags", '[');
	for (size_t i = 0; i < sizeof(flag_names) / sizeof(flag_names[0]); i++)
		if (flag_names[i] && (event->flags >> i & 1))
			pw_json_text(r->out, NULL, flag_names[i]);
	pw_json_close(r->out, ']');
	pw_json_text(r->out, "hook", pw_hook_names[event->hook]);
	pw_json_text(r->out, "errno", event->error ? strerrorname_np((int)event->error) : NULL);
	pw_json_u64(r->out, "count", record->count ? record->count : 1);
	if (record->count > 1) {
		json_time(r->out, "first_time", record->first_ns);
		json_time(r->out, "last_time", record->last_ns);
	}
	if (record->dropped_before)
		pw_json_u64(r->out, "dropped_before", record->dropped_before);
}

/* Close the line, or take back what was begun. */
static int finish(struct pw_str *into, size_t before)
{
	int r;

	pw_json_close(into, '}');
	pw_str_add(into, "\n");
	r = into->error;
	if (r < 0) {
		into->len = before;
		into->error = 0;
		if (into->text)
			into->text[before] = '\0';
	}
	return r;
}

int pw_render_token(const struct pw_render_context *context, uint64_t generation,
		    const struct pw_bytes *path, bool program, struct pw_str *into)
{
	struct pw_rendering r = { .policy = pw_naming_find(context->naming, generation) };
	size_t clear = program ? program_clear(&r, path) :
				 pw_naming_clear(r.policy, path->bytes, path->len);

	if (!program && !clear)
		clear = two_components(path->bytes, path->len);
	return pw_token_path(context->key, path->bytes, path->len, clear, into);
}

int pw_record_render(const struct pw_record *record, const struct pw_render_context *context,
		     enum pw_render how, struct pw_str *into)
{
	struct pw_rendering r = {
		.out = into,
		.record = record,
		.context = context,
		.policy = pw_naming_find(context->naming, record->view.event.generation),
		.how = how,
	};
	size_t before = into->len;

	pw_str_add(into, "{");
	add_head(&r);
	add_decision(&r);
	add_object(&r);
	add_actor(&r);
	add_process(&r);
	add_tail(&r);
	return finish(into, before);
}

int pw_loss_render(const struct pw_loss_report *loss, const struct pw_render_context *context,
		   struct pw_str *into)
{
	size_t before = into->len;

	pw_str_add(into, "{");
	pw_json_text(into, "schema", PW_EVENT_SCHEMA);
	json_id(into, context->run, loss->time_ns,
		loss->seq ? loss->seq : (1ull << 63 | (loss->from_seq ^ loss->time_ns)));
	if (loss->seq)
		pw_json_u64(into, "seq", loss->seq);
	else
		pw_json_null(into, "seq");
	pw_json_text(into, "run", context->run);
	json_time(into, "time", loss->time_ns);
	pw_json_text(into, "boot", context->boot[0] ? context->boot : NULL);
	pw_json_text(into, "kind", "loss");
	pw_json_text(into, "where", loss->where);
	pw_json_text(into, "ring", loss->ring);
	if (loss->cpu >= 0)
		pw_json_i64(into, "cpu", loss->cpu);
	else
		pw_json_null(into, "cpu");
	pw_json_u64(into, "count", loss->count);
	if (loss->from_seq) {
		pw_json_u64(into, "from_seq", loss->from_seq);
		pw_json_u64(into, "to_seq", loss->to_seq);
	}
	pw_json_text(into, "reason", "events were lost: there was no room for them");
	return finish(into, before);
}
