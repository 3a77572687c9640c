/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * OCSF 1.8.0: a finding (2006) for what somebody should look at, else file (1001) or network
 * activity (4001). What OCSF has no attribute for stands under `unmapped`.
 */
#include "ship/format-private.h"

#include "base/words.h"
#include "evidence/json.h"
#include "ship/text.h"

#include <string.h>

#define OCSF_VERSION "1.8.0"

static const struct pair {
	unsigned int id;
	const char *name;
} severities[_PW_SHIP_LEVEL_MAX] = {
	{ 1, "Informational" }, { 2, "Low" }, { 3, "Medium" }, { 4, "High" }, { 5, "Critical" },
}, actions[_PW_VERDICT_MAX] = {
	[PW_ALLOW] = { 1, "Allowed" }, [PW_WARN] = { 1, "Allowed" },
	[PW_WOULD_DENY] = { 3, "Observed" }, [PW_DENY] = { 2, "Denied" },
}, dispositions[_PW_VERDICT_MAX] = {
	[PW_ALLOW] = { 1, "Allowed" }, [PW_WARN] = { 19, "Alert" },
	[PW_WOULD_DENY] = { 15, "Detected" }, [PW_DENY] = { 2, "Blocked" },
};

static void add_ms(struct pw_str *s, const char *key, uint64_t utc_ns)
{
	if (utc_ns)
		pw_json_u64(s, key, utc_ns / 1000000u);
}

static void add_pair(struct pw_str *s, const char *id_key, const char *key, const struct pair *pair)
{
	pw_json_u64(s, id_key, pair->id);
	pw_json_text(s, key, pair->name);
}

static void add_class(struct pw_formatting *f)
{
	static const struct {
		enum pw_ship_class class;
		const char *name, *category;
	} classes[] = {
		{ PW_SHIP_FILE_ACTIVITY, "File System Activity", "System Activity" },
		{ PW_SHIP_DATA_FINDING, "Data Security Finding", "Findings" },
		{ PW_SHIP_NETWORK_ACTIVITY, "Network Activity", "Network Activity" },
	};
	const struct pw_ship_meaning *m = f->meaning;

	pw_json_u64(f->out, "class_uid", m->class);
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (classes[i].class != m->class)
			continue;
		pw_json_text(f->out, "class_name", classes[i].name);
		pw_json_u64(f->out, "category_uid", m->class / 1000u);
		pw_json_text(f->out, "category_name", classes[i].category);
	}
	pw_json_u64(f->out, "activity_id", m->activity);
	pw_json_text(f->out, "activity_name", m->activity_name);
	pw_json_u64(f->out, "type_uid", m->class * 100u + m->activity);
	add_pair(f->out, "severity_id", "severity", &severities[m->level]);
}

static void add_metadata(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	pw_json_open(f->out, "metadata", '{');
	pw_json_text(f->out, "version", OCSF_VERSION);
	pw_json_open(f->out, "product", '{');
	pw_json_text(f->out, "name", PW_SHIP_PRODUCT);
	pw_json_text(f->out, "vendor_name", PW_SHIP_PRODUCT);
	pw_ship_json_text(f->out, "version", f->context->version);
	pw_json_close(f->out, '}');
	pw_json_open(f->out, "profiles", '[');
	pw_json_text(f->out, NULL, "host");
	pw_json_text(f->out, NULL, "security_control");
	pw_json_close(f->out, ']');
	pw_ship_json_text(f->out, "uid", record->id);
	pw_ship_json_number(f->out, "sequence", record->seq);
	pw_ship_json_time(f->out, "original_time", record->time_ns);
	pw_ship_json_text(f->out, "event_code", record->kind_name);
	pw_json_text(f->out, "log_name", "phiward.event.v1");
	pw_json_close(f->out, '}');
}

/* What the policy said: of decisions only. */
static void add_control(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	if (record->kind == PW_EVENT_ACCESS) {
		add_pair(f->out, "action_id", "action", &actions[record->verdict]);
		add_pair(f->out, "disposition_id", "disposition", &dispositions[record->verdict]);
	}
	if (!record->rule && !record->policy)
		return;
	pw_json_open(f->out, "policy", '{');
	pw_ship_json_text(f->out, "name", record->rule ? record->rule : "no rule matched");
	pw_ship_json_text(f->out, "uid", record->policy);
	if (record->kind == PW_EVENT_ACCESS)
		pw_json_bool(f->out, "is_applied", record->verdict != PW_WOULD_DENY);
	pw_json_close(f->out, '}');
}

/* status_id: of a finding how far its triage is, of an activity whether it succeeded. */
static void add_status(struct pw_formatting *f)
{
	const struct pw_ship_meaning *m = f->meaning;

	if (m->class == PW_SHIP_DATA_FINDING) {
		pw_json_u64(f->out, "status_id", m->activity == 3 ? 4 : 1);
		pw_json_text(f->out, "status", m->activity == 3 ? "Resolved" : "New");
		pw_json_bool(f->out, "is_alert", m->finding);
	} else {
		pw_json_u64(f->out, "status_id", 1);
		pw_json_text(f->out, "status", "Success");
	}
	pw_ship_json_text(f->out, "status_code", f->record->error);
}

static void add_device(struct pw_formatting *f)
{
	pw_json_open(f->out, "device", '{');
	pw_json_u64(f->out, "type_id", 0);
	pw_json_text(f->out, "type", "Unknown");
	pw_ship_json_text(f->out, "hostname", f->host);
	pw_ship_json_text(f->out, "uid", f->context->host_id);
	pw_ship_json_text(f->out, "boot_uid", f->record->boot);
	if (f->context->site) {
		pw_json_open(f->out, "org", '{');
		pw_ship_json_text(f->out, "name", f->context->site);
		pw_json_close(f->out, '}');
	}
	pw_json_close(f->out, '}');
}

static void add_user(struct pw_str *s, const char *key, const char *name, const char *uid)
{
	if (!name && !uid)
		return;
	pw_json_open(s, key, '{');
	pw_ship_json_text(s, "name", name);
	pw_ship_json_text(s, "uid", uid);
	pw_json_close(s, '}');
}

static void add_ancestors(struct pw_formatting *f)
{
	struct pw_ship_process ancestor;
	size_t written = 0;

	for (size_t i = 0; pw_ship_ancestor(f->record, i, &ancestor); i++) {
		if (!ancestor.pid.given)
			continue;
		if (!written++)
			pw_json_open(f->out, "ancestry", '[');
		pw_json_open(f->out, NULL, '{');
		pw_json_u64(f->out, "pid", ancestor.pid.value);
		pw_ship_json_text(f->out, "name", ancestor.comm);
		add_ms(f->out, "created_time", ancestor.start_ns);
		pw_json_close(f->out, '}');
	}
	if (written)
		pw_json_close(f->out, ']');
}

static void add_process(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;
	const struct pw_ship_process *process = &record->process;

	if (!process->pid.given)
		return;
	pw_json_open(f->out, "process", '{');
	pw_json_u64(f->out, "pid", process->pid.value);
	pw_ship_json_number(f->out, "tid", process->tid);
	pw_ship_json_text(f->out, "name", process->comm);
	add_ms(f->out, "created_time", process->start_ns);
	pw_ship_json_number(f->out, "auid", record->auid);
	pw_ship_json_number(f->out, "euid", record->euid);
	if (record->uid.given) {
		pw_json_open(f->out, "user", '{');
		pw_ship_json_text(f->out, "name", record->uid_name);
		pw_ship_json_digits(f->out, "uid", record->uid);
		pw_json_close(f->out, '}');
	}
	if (record->gid.given) {
		pw_json_open(f->out, "group", '{');
		pw_ship_json_digits(f->out, "uid", record->gid);
		pw_json_close(f->out, '}');
	}
	if (process->exe) {
		pw_json_open(f->out, "file", '{');
		pw_ship_json_text(f->out, "name", pw_ship_last(process->exe));
		pw_ship_json_text(f->out, "path", process->exe);
		pw_json_u64(f->out, "type_id", 1);
		pw_json_close(f->out, '}');
	}
	add_ancestors(f);
	pw_json_close(f->out, '}');
}

/* File System Activity must have an actor: without any, it was the agent. */
static void add_actor(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	pw_json_open(f->out, "actor", '{');
	if (!f->user && !record->process.pid.given)
		pw_json_text(f->out, "app_name", PW_SHIP_PRODUCT);
	add_user(f->out, "user", record->user, f->user_id);
	add_process(f);
	if (record->session.given) {
		pw_json_open(f->out, "session", '{');
		pw_ship_json_digits(f->out, "uid", record->session);
		pw_json_close(f->out, '}');
	}
	pw_json_close(f->out, '}');
}

static unsigned int file_type(const char *type)
{
	static const struct {
		const char *word;
		unsigned int id;
	} types[] = {
		{ "file", 1 }, { "directory", 2 }, { "character-device", 3 }, { "block-device", 4 },
		{ "fifo", 6 }, { "socket", 5 },    { "symlink", 7 },
	};

	for (size_t i = 0; type && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].word, type) == 0)
			return types[i].id;
	return 0;
}

static void add_file(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	if (f->meaning->class == PW_SHIP_NETWORK_ACTIVITY ||
	    (f->meaning->class == PW_SHIP_DATA_FINDING && !record->path))
		return;
	pw_json_open(f->out, "file", '{');
	pw_ship_json_text(f->out, "name", record->path ? pw_ship_last(record->path) : "unknown");
	pw_ship_json_text(f->out, "path", record->path);
	pw_json_u64(f->out, "type_id", file_type(record->type));
	pw_ship_json_digits(f->out, "uid", record->inode);
	pw_ship_json_text(f->out, "volume", record->dev);
	if (pw_ship_list_count(record->labels)) {
		pw_json_u64(f->out, "confidentiality_id", record->genetic ? 6 : 5);
		pw_json_text(f->out, "confidentiality", record->genetic ? "Restricted" : "Private");
	}
	pw_json_close(f->out, '}');
	if (record->path2 && f->meaning->class == PW_SHIP_FILE_ACTIVITY) {
		pw_json_open(f->out, "file_result", '{');
		pw_ship_json_text(f->out, "name", pw_ship_last(record->path2));
		pw_ship_json_text(f->out, "path", record->path2);
		pw_json_u64(f->out, "type_id", file_type(record->type));
		pw_json_close(f->out, '}');
	}
}

static void add_destination(struct pw_formatting *f)
{
	const struct pw_ship_destination *to = &f->record->to;
	bool v6 = to->address && strchr(to->address, ':');

	if (!to->family || f->meaning->class == PW_SHIP_FILE_ACTIVITY)
		return;
	pw_json_open(f->out, "dst_endpoint", '{');
	pw_ship_json_text(f->out, "ip", to->address);
	pw_ship_json_number(f->out, "port", to->port);
	if (!to->address)
		pw_ship_json_text(f->out, "name", to->path ? to->path : to->family);
	add_user(f->out, "owner", to->user, NULL);
	pw_json_close(f->out, '}');
	if (f->meaning->class != PW_SHIP_NETWORK_ACTIVITY)
		return;
	pw_json_open(f->out, "connection_info", '{');
	pw_json_u64(f->out, "direction_id", to->address ? 2 : 4);
	pw_json_text(f->out, "direction", to->address ? "Outbound" : "Local");
	pw_ship_json_text(f->out, "protocol_name", to->protocol ? to->protocol : to->family);
	if (to->address)
		pw_json_u64(f->out, "protocol_ver_id", v6 ? 6 : 4);
	pw_json_close(f->out, '}');
}

/* One finding for as long as the host is not protected: opened and closed under one name. */
static void add_finding_uid(struct pw_formatting *f)
{
	_cleanup_str_ struct pw_str uid = { 0 };

	if (f->record->kind == PW_EVENT_UNPROTECTED || f->record->kind == PW_EVENT_PROTECTED)
		pw_str_addf(&uid, "not-protecting:%s",
			    f->context->host_id ? f->context->host_id : f->host);
	else
		pw_str_add(&uid, f->record->id);
	pw_ship_json_text(f->out, "uid", uid.text);
}

static void add_finding_info(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	pw_json_open(f->out, "finding_info", '{');
	add_finding_uid(f);
	pw_json_text(f->out, "title", f->meaning->title);
	pw_ship_json_text(f->out, "desc", f->meaning->message);
	add_ms(f->out, "created_time", record->time_ns);
	add_ms(f->out, "first_seen_time", record->first_ns);
	add_ms(f->out, "last_seen_time", record->last_ns);
	pw_json_open(f->out, "types", '[');
	pw_ship_json_text(f->out, NULL, record->kind_name);
	pw_json_close(f->out, ']');
	if (record->rule) {
		pw_json_open(f->out, "analytic", '{');
		pw_json_u64(f->out, "type_id", 1);
		pw_json_text(f->out, "type", "Rule");
		pw_ship_json_text(f->out, "uid", record->rule);
		pw_ship_json_text(f->out, "version", record->policy);
		pw_json_close(f->out, '}');
	}
	pw_json_close(f->out, '}');
}

static void add_data_security(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;
	bool in_use = record->door == PW_DOOR_MEMORY || record->door == PW_DOOR_IPC;
	struct pair state = { 1, "Data at-Rest" };

	if (!pw_ship_list_count(record->labels))
		return;
	if (in_use)
		state = (struct pair){ 3, "Data in-Use" };
	else if (record->op == PW_OP_SEND)
		state = (struct pair){ 2, "Data in-Transit" };
	pw_json_open(f->out, "data_security", '{');
	pw_json_u64(f->out, "category_id", 1);
	pw_json_text(f->out, "category", "Personal");
	pw_json_u64(f->out, "confidentiality_id", record->genetic ? 6 : 5);
	pw_json_text(f->out, "confidentiality", record->genetic ? "Restricted" : "Private");
	add_pair(f->out, "data_lifecycle_state_id", "data_lifecycle_state", &state);
	pw_json_u64(f->out, "detection_system_id", 1);
	pw_json_text(f->out, "detection_system", "Endpoint");
	pw_json_close(f->out, '}');
}

static void unmapped_text(void *ctx, const char *name, const char *text)
{
	pw_ship_json_text(ctx, name, text);
}

void pw_format_ocsf(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	pw_json_open(f->out, NULL, '{');
	add_class(f);
	add_ms(f->out, "time", record->time_ns);
	add_ms(f->out, "start_time", record->first_ns);
	add_ms(f->out, "end_time", record->last_ns);
	pw_json_u64(f->out, "count", record->count);
	pw_ship_json_text(f->out, "message", f->meaning->message);
	add_status(f);
	add_control(f);
	add_metadata(f);
	add_device(f);
	add_actor(f);
	add_file(f);
	add_destination(f);
	if (f->meaning->class == PW_SHIP_DATA_FINDING) {
		add_finding_info(f);
		add_data_security(f);
	}
	pw_json_open(f->out, "unmapped", '{');
	pw_ship_each_detail(record, unmapped_text, f->out);
	pw_json_close(f->out, '}');
	pw_json_close(f->out, '}');
}
