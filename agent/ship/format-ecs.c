/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ECS 9.4. What ECS has no field for stands under `phiward`. */
#include "ship/format-private.h"

#include "base/words.h"
#include "evidence/json.h"
#include "ship/text.h"

#include <string.h>

#define ECS_VERSION "9.4.0"

static void add_words(struct pw_str *s, const char *key, const char *first, const char *second)
{
	pw_json_open(s, key, '[');
	pw_json_text(s, NULL, first);
	if (second)
		pw_json_text(s, NULL, second);
	pw_json_close(s, ']');
}

/* Category `file` does not allow `denied`; `intrusion_detection` does (and is what it is). */
static void add_event(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;
	const struct pw_ship_meaning *m = f->meaning;
	bool network = strcmp(m->ecs_category, "network") == 0;
	bool file_stopped = m->stopped && !network;

	pw_json_open(f->out, "event", '{');
	pw_ship_json_text(f->out, "id", record->id);
	pw_json_text(f->out, "kind", m->finding ? "alert" : "event");
	add_words(f->out, "category", m->ecs_category, file_stopped ? "intrusion_detection" : NULL);
	add_words(f->out, "type", m->ecs_type, m->stopped ? "denied" : network ? "allowed" : NULL);
	pw_json_text(f->out, "outcome",
		     m->stopped                        ? "failure"
		     : record->kind == PW_EVENT_ACCESS ? "success"
						       : "unknown");
	pw_ship_json_text(f->out, "action",
			  record->op >= 0 ? pw_op_names[record->op] : record->kind_name);
	pw_ship_json_text(f->out, "code", record->kind_name);
	pw_json_text(f->out, "module", PW_SHIP_PRODUCT);
	pw_json_text(f->out, "dataset", PW_SHIP_PRODUCT ".event");
	pw_json_u64(f->out, "severity", (uint64_t)m->level + 1);
	pw_ship_json_number(f->out, "sequence", record->seq);
	pw_ship_json_text(f->out, "reason", m->message);
	pw_ship_json_time(f->out, "start", record->first_ns);
	pw_ship_json_time(f->out, "end", record->last_ns);
	pw_json_close(f->out, '}');
}

static void add_host(struct pw_formatting *f)
{
	pw_json_open(f->out, "host", '{');
	pw_ship_json_text(f->out, "name", f->host);
	pw_ship_json_text(f->out, "hostname", f->host);
	pw_ship_json_text(f->out, "id", f->context->host_id);
	if (f->record->boot) {
		pw_json_open(f->out, "boot", '{');
		pw_ship_json_text(f->out, "id", f->record->boot);
		pw_json_close(f->out, '}');
	}
	pw_json_close(f->out, '}');
	if (f->context->site) {
		pw_json_open(f->out, "organization", '{');
		pw_ship_json_text(f->out, "name", f->context->site);
		pw_json_close(f->out, '}');
	}
	pw_json_open(f->out, "observer", '{');
	pw_json_text(f->out, "vendor", PW_SHIP_PRODUCT);
	pw_json_text(f->out, "product", PW_SHIP_PRODUCT);
	pw_json_text(f->out, "type", "dlp");
	pw_ship_json_text(f->out, "version", f->context->version);
	pw_json_close(f->out, '}');
}

static void add_user(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	if (!f->user)
		return;
	pw_json_open(f->out, "user", '{');
	pw_ship_json_text(f->out, "id", f->user_id);
	pw_ship_json_text(f->out, "name", record->user);
	if (record->euid.given) {
		pw_json_open(f->out, "effective", '{');
		pw_ship_json_digits(f->out, "id", record->euid);
		pw_json_close(f->out, '}');
	}
	pw_json_close(f->out, '}');
}

/* (pid, start) names a process on one boot. */
static void add_entity(struct pw_formatting *f, const struct pw_ship_process *process)
{
	if (!process->pid.given)
		return;
	pw_json_u64(f->out, "pid", process->pid.value);
	pw_ship_json_text(f->out, "name", process->comm);
	pw_ship_json_time(f->out, "start", process->start_ns);
}

static void add_process(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;
	const struct pw_ship_process *process = &record->process;
	struct pw_ship_process parent;

	if (!process->pid.given)
		return;
	pw_json_open(f->out, "process", '{');
	add_entity(f, process);
	pw_ship_json_text(f->out, "executable", process->exe);
	if (record->uid.given) {
		pw_json_open(f->out, "real_user", '{');
		pw_ship_json_digits(f->out, "id", record->uid);
		pw_ship_json_text(f->out, "name", record->uid_name);
		pw_json_close(f->out, '}');
	}
	if (record->gid.given) {
		pw_json_open(f->out, "real_group", '{');
		pw_ship_json_digits(f->out, "id", record->gid);
		pw_json_close(f->out, '}');
	}
	if (process->tid.given) {
		pw_json_open(f->out, "thread", '{');
		pw_ship_json_number(f->out, "id", process->tid);
		pw_json_close(f->out, '}');
	}
	if (pw_ship_ancestor(record, 0, &parent) && parent.pid.given) {
		pw_json_open(f->out, "parent", '{');
		add_entity(f, &parent);
		pw_json_close(f->out, '}');
	}
	pw_json_close(f->out, '}');
}

static const char *file_type(const char *type)
{
	if (!type)
		return NULL;
	return strcmp(type, "directory") == 0 ? "dir"
	       : strcmp(type, "symlink") == 0 ? "symlink"
					      : "file";
}

static void add_file(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	if (!record->path)
		return;
	pw_json_open(f->out, "file", '{');
	pw_ship_json_text(f->out, "path", record->path);
	pw_ship_json_text(f->out, "name", pw_ship_last(record->path));
	pw_ship_json_digits(f->out, "inode", record->inode);
	pw_ship_json_text(f->out, "mode", record->mode);
	pw_ship_json_text(f->out, "type", file_type(record->type));
	pw_json_close(f->out, '}');
}

static void add_destination(struct pw_formatting *f)
{
	const struct pw_ship_destination *to = &f->record->to;

	if (!to->address)
		return;
	pw_json_open(f->out, "destination", '{');
	pw_ship_json_text(f->out, "address", to->address);
	pw_ship_json_text(f->out, "ip", to->address);
	pw_ship_json_number(f->out, "port", to->port);
	pw_json_close(f->out, '}');
	pw_json_open(f->out, "network", '{');
	pw_ship_json_text(f->out, "transport", to->protocol);
	pw_json_text(f->out, "type", strchr(to->address, ':') ? "ipv6" : "ipv4");
	pw_json_text(f->out, "direction", "egress");
	pw_json_close(f->out, '}');
}

static void add_rule(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	if (!record->rule)
		return;
	pw_json_open(f->out, "rule", '{');
	pw_ship_json_text(f->out, "id", record->rule);
	pw_ship_json_text(f->out, "name", record->rule);
	pw_ship_json_text(f->out, "version", record->policy);
	pw_ship_json_text(f->out, "reference", record->rule_at);
	pw_json_text(f->out, "ruleset", PW_SHIP_PRODUCT);
	pw_json_close(f->out, '}');
}

static void add_own_to(struct pw_formatting *f)
{
	const struct pw_ship_destination *to = &f->record->to;

	if (!to->given)
		return;
	pw_json_open(f->out, "to", '{');
	pw_ship_json_text(f->out, "family", to->family);
	pw_ship_json_list(f->out, "places", to->places);
	pw_ship_json_text(f->out, "path_token", to->path);
	pw_ship_json_text(f->out, "user", to->user);
	pw_ship_json_number(f->out, "uid", to->uid);
	pw_json_close(f->out, '}');
}

static void add_own(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	pw_json_open(f->out, "phiward", '{');
	pw_ship_json_text(f->out, "run", record->run);
	if (record->kind == PW_EVENT_ACCESS)
		pw_json_text(f->out, "verdict", pw_verdict_names[record->verdict]);
	if (record->door)
		pw_json_text(f->out, "door", pw_door_names[record->door]);
	pw_ship_json_number(f->out, "generation", record->generation);
	pw_ship_json_list(f->out, "labels", record->labels);
	pw_ship_json_text(f->out, "class", record->class);
	pw_ship_json_list(f->out, "flags", record->flags);
	pw_ship_json_text(f->out, "hook", record->hook);
	pw_ship_json_text(f->out, "errno", record->error);
	pw_ship_json_text(f->out, "path2_token", record->path2);
	pw_ship_json_text(f->out, "device", record->dev);
	pw_ship_json_text(f->out, "object_type", record->type);
	pw_ship_json_text(f->out, "script", record->process.script);
	pw_ship_json_text(f->out, "args_token", record->process.args_token);
	pw_ship_json_number(f->out, "session", record->session);
	pw_ship_json_list(f->out, "held", record->held);
	pw_ship_json_list(f->out, "object_labels", record->object_labels);
	pw_ship_json_text(f->out, "domain", record->domain);
	pw_ship_json_text(f->out, "domain_from", record->domain_from);
	add_own_to(f);
	pw_json_u64(f->out, "count", record->count);
	if (record->dropped_before)
		pw_json_u64(f->out, "dropped_before", record->dropped_before);
	pw_ship_json_text(f->out, "where", record->where);
	pw_ship_json_text(f->out, "ring", record->ring);
	pw_ship_json_number(f->out, "cpu", record->cpu);
	pw_ship_json_number(f->out, "from_seq", record->from_seq);
	pw_ship_json_number(f->out, "to_seq", record->to_seq);
	pw_json_close(f->out, '}');
}

void pw_format_ecs(struct pw_formatting *f)
{
	pw_json_open(f->out, NULL, '{');
	pw_ship_json_time(f->out, "@timestamp", f->record->time_ns);
	pw_json_open(f->out, "ecs", '{');
	pw_json_text(f->out, "version", ECS_VERSION);
	pw_json_close(f->out, '}');
	pw_json_text(f->out, "message", f->meaning->title);
	pw_ship_json_list(f->out, "tags", f->record->labels);
	add_event(f);
	add_host(f);
	add_user(f);
	add_process(f);
	add_file(f);
	add_destination(f);
	add_rule(f);
	add_own(f);
	pw_json_close(f->out, '}');
}
