/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CEF:0. Values are cut to what the key's type allows, in bytes. */
#include "ship/format-private.h"

#include "base/words.h"
#include "ship/text.h"

#include <stdio.h>

static const unsigned int severity[_PW_SHIP_LEVEL_MAX] = {
	[PW_SHIP_INFORMATIVE] = 1, [PW_SHIP_LOW] = 3,       [PW_SHIP_MEDIUM] = 5,
	[PW_SHIP_HIGH] = 8,        [PW_SHIP_CRITICAL] = 10,
};

static void add(struct pw_formatting *f, const char *key, const char *value, size_t max)
{
	if (!value || !*value)
		return;
	pw_str_addf(f->out, " %s=", key);
	pw_ship_cef_value(f->out, value, max);
}

static void add_number(struct pw_formatting *f, const char *key, struct pw_ship_number number)
{
	if (number.given)
		pw_str_addf(f->out, " %s=%llu", key, (unsigned long long)number.value);
}

static void add_ms(struct pw_formatting *f, const char *key, uint64_t utc_ns)
{
	if (utc_ns)
		pw_str_addf(f->out, " %s=%llu", key, (unsigned long long)(utc_ns / 1000000u));
}

/* One of the custom fields, which carry their own names. */
static void add_custom(struct pw_formatting *f, unsigned int i, const char *label,
		       const char *value)
{
	char key[16];

	if (!value || !*value)
		return;
	snprintf(key, sizeof(key), "cs%u", i);
	add(f, key, value, 4000);
	pw_str_addf(f->out, " %sLabel=%s", key, label);
}

/* What kind of event it is to a receiver that counts them: "access-deny-read", "loss". */
static void add_class(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	pw_ship_cef_header(f->out, record->kind_name, 64);
	if (record->kind == PW_EVENT_ACCESS)
		pw_str_addf(f->out, "-%s", pw_verdict_names[record->verdict]);
	if (record->kind == PW_EVENT_ACCESS && record->op >= 0)
		pw_str_addf(f->out, "-%s", pw_op_names[record->op]);
}

static void add_header(struct pw_formatting *f)
{
	pw_str_add(f->out, "CEF:0|" PW_SHIP_PRODUCT "|" PW_SHIP_PRODUCT "|");
	pw_ship_cef_header(f->out, f->context->version ? f->context->version : "", 31);
	pw_str_add(f->out, "|");
	add_class(f);
	pw_str_addf(f->out, "|%s|%u|", f->meaning->title, severity[f->meaning->level]);
}

static void add_who(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	add(f, "suser", f->user, 1023);
	add(f, "suid", f->user_id, 1023);
	add_number(f, "spid", record->process.pid);
	add(f, "sproc", record->process.exe ? record->process.exe : record->process.comm, 1023);
}

static void add_what(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	if (record->kind == PW_EVENT_ACCESS) {
		add(f, "act", pw_verdict_names[record->verdict], 63);
		add(f, "outcome", f->meaning->stopped ? "failure" : "success", 63);
	}
	add(f, "filePath", record->path, 1023);
	add(f, "fname", record->path ? pw_ship_last(record->path) : NULL, 1023);
	add_number(f, "fileId", record->inode);
	add(f, "fileType", record->type, 1023);
	add(f, "filePermission", record->mode, 1023);
	add(f, "dst", record->to.address, 45);
	add_number(f, "dpt", record->to.port);
	add(f, "proto", record->to.protocol, 31);
	add(f, "duser", record->to.user, 1023);
	add_number(f, "duid", record->to.uid);
	add(f, "reason", f->meaning->message, 1023);
}

static void add_custom_fields(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;
	_cleanup_str_ struct pw_str labels = { 0 }, places = { 0 };
	struct pw_ship_number dropped = { record->dropped_before > 0, record->dropped_before };

	pw_ship_join(&labels, record->labels);
	pw_ship_join(&places, record->to.places);
	add_custom(f, 1, "rule", record->rule);
	add_custom(f, 2, "policy", record->policy);
	add_custom(f, 3, "labels", labels.text);
	add_custom(f, 4, "class", record->class);
	add_custom(f, 5, record->path2 ? "path2" : "places",
		   record->path2 ? record->path2 : places.text);
	if (record->door)
		add_custom(f, 6, "door", pw_door_names[record->door]);
	if (record->seq.given) {
		add_number(f, "cn1", record->seq);
		pw_str_add(f->out, " cn1Label=seq");
	}
	if (record->session.given) {
		add_number(f, "cn2", record->session);
		pw_str_add(f->out, " cn2Label=session");
	}
	if (dropped.given) {
		add_number(f, "cn3", dropped);
		pw_str_add(f->out, " cn3Label=dropped_before");
	}
}

void pw_format_cef(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;

	add_header(f);
	pw_str_addf(f->out, "rt=%llu", (unsigned long long)(record->time_ns / 1000000u));
	add_ms(f, "start", record->first_ns);
	add_ms(f, "end", record->last_ns);
	add(f, "dvchost", f->host, 100);
	add(f, "deviceExternalId", f->context->host_id, 255);
	add(f, "deviceFacility", f->context->site, 1023);
	add(f, "externalId", record->id, 40);
	add(f, "cat", record->kind_name, 1023);
	pw_str_addf(f->out, " cnt=%llu", (unsigned long long)record->count);
	add_who(f);
	add_what(f);
	add_custom_fields(f);
}
