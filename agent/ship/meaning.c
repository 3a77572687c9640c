/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row a kind of record, one row an operation; docs/FORMATS.md shows both to people. */
#include "ship/meaning.h"

#include "base/words.h"
#include "ship/text.h"

#include <stdio.h>
#include <string.h>

static const struct pw_ship_code security_alert = { "110113", "Security Alert" };
static const struct pw_ship_code export = { "110106", "Export" };
static const struct pw_ship_code restricted = { "110132", "Use of Restricted Function" };
static const struct pw_ship_code configuration = { "110129", "Security Configuration" };
static const struct pw_ship_code software = { "110131", "Software Configuration" };
static const struct pw_ship_code recording = { "110133", "Audit Recording Stopped" };
static const struct pw_ship_code attributes = { "110135", "Object Security Attributes Changed" };
static const struct pw_ship_code usb = { "110030", "USB Disk Emulation" };
static const struct pw_ship_code paper = { "110038", "Paper Document" };

static const struct kind {
	const char *title;
	const struct pw_ship_code *type;
	enum pw_ship_class class;
	unsigned int activity;
	const char *activity_name;
	const char *ecs_category, *ecs_type;
	enum pw_ship_outcome outcome;
	enum pw_ship_level floor; /* at least; of findings more, as the record says */
	const char *message;      /* instead of the record's reason, which people typed */
} kinds[_PW_SHIP_KIND_MAX] = {
#define FILE_ACTIVITY(id, name) \
	.class = PW_SHIP_FILE_ACTIVITY, .activity = (id), .activity_name = (name)
#define FINDING(id, name)   .class = PW_SHIP_DATA_FINDING, .activity = (id), .activity_name = (name)
#define ECS(category, type) .ecs_category = (category), .ecs_type = (type)
	[PW_EVENT_CANARY] = { .title = "Test access by the agent itself",
			      .type = &restricted,
			      FILE_ACTIVITY(14, "Open"),
			      ECS("file", "access") },
	[PW_EVENT_PREDATES_FD] = { .title = "Labelled file open since before the agent started",
				   .type = &restricted,
				   FILE_ACTIVITY(14, "Open"),
				   ECS("file", "access") },
	[PW_EVENT_PREDATES_MAP] = { .title = "Labelled file mapped since before the agent started",
				    .type = &restricted,
				    FINDING(1, "Create"),
				    ECS("file", "access"),
				    .outcome = PW_SHIP_MAJOR,
				    .floor = PW_SHIP_LOW },
	[PW_EVENT_IDENTITY] = { .title = "Program lost its identity",
				.type = &software,
				FINDING(1, "Create"),
				ECS("process", "change"),
				.outcome = PW_SHIP_MINOR,
				.floor = PW_SHIP_LOW },
	[PW_EVENT_MOUNT] = { .title = "Mount in a labelled tree",
			     .type = &configuration,
			     FILE_ACTIVITY(12, "Mount"),
			     ECS("configuration", "change"),
			     .floor = PW_SHIP_LOW },
	[PW_EVENT_UNPROTECTED] = { .title = "Host not protected",
				   .type = &configuration,
				   FINDING(1, "Create"),
				   ECS("configuration", "change"),
				   .outcome = PW_SHIP_MAJOR,
				   .floor = PW_SHIP_HIGH },
	[PW_EVENT_PROTECTED] = { .title = "Host protected again",
				 .type = &configuration,
				 FINDING(3, "Close"),
				 ECS("configuration", "change") },
	[PW_EVENT_TOOK] = { .title = "Process holds labels",
			    .type = &restricted,
			    FILE_ACTIVITY(2, "Read"),
			    ECS("file", "access") },
	[PW_EVENT_MARKED] = { .title = "Object labelled by what was written to it",
			      .type = &attributes,
			      FILE_ACTIVITY(7, "Set Security"),
			      ECS("file", "change") },
	[PW_EVENT_DECLASSIFIED] = { .title = "Object declassified",
				    .type = &attributes,
				    FILE_ACTIVITY(7, "Set Security"),
				    ECS("file", "change") },
	[PW_EVENT_SPREAD_LOST] = { .title = "Labels lost on the way of the data",
				   .type = &attributes,
				   FINDING(1, "Create"),
				   ECS("file", "change"),
				   .outcome = PW_SHIP_MAJOR,
				   .floor = PW_SHIP_LOW },
	[PW_EVENT_SET] = { .title = "Object labelled by command",
			   .type = &attributes,
			   FILE_ACTIVITY(7, "Set Security"),
			   ECS("file", "change"),
			   .message = "the object was labelled by command" },
	[PW_EVENT_CLEARED] = { .title = "Labels taken off an object by command",
			       .type = &attributes,
			       FILE_ACTIVITY(7, "Set Security"),
			       ECS("file", "change"),
			       .floor = PW_SHIP_LOW,
			       .message = "labels were taken off the object by command" },
	[PW_EVENT_RECALLED] = { .title = "Object came with its labels",
				.type = &attributes,
				FILE_ACTIVITY(7, "Set Security"),
				ECS("file", "change") },
	[PW_EVENT_SUPERBLOCK] = { .title = "Record of another kind",
				  .type = &configuration,
				  FINDING(99, "Other"),
				  ECS("configuration", "info") },
	[PW_EVENT_TAMPERED] = { .title = "Labels taken out of an object's attributes",
				.type = &attributes,
				FINDING(1, "Create"),
				ECS("file", "change"),
				.outcome = PW_SHIP_MINOR,
				.floor = PW_SHIP_LOW },
	[PW_SHIP_LOSS] = { .title = "Audit records lost",
			   .type = &recording,
			   FINDING(1, "Create"),
			   ECS("configuration", "info"),
			   .outcome = PW_SHIP_MAJOR,
			   .floor = PW_SHIP_HIGH },
	[PW_SHIP_OTHER] = { .title = "Record of another kind",
			    .type = &configuration,
			    FINDING(99, "Other"),
			    ECS("configuration", "info") },
#undef FILE_ACTIVITY
#undef FINDING
#undef ECS
};

static const struct {
	const char *title[_PW_VERDICT_MAX];
	unsigned int activity, lifecycle;
	const char *activity_name, *ecs_type;
} operations[_PW_OP_MAX] = {
#define OPERATION(word, number, name, cycle, ecs)                                    \
	{                                                                            \
		.title = { word " allowed", word " allowed with a warning",          \
			   word " would be denied", word " denied" },                \
		.activity = (number), .activity_name = (name), .lifecycle = (cycle), \
		.ecs_type = (ecs)                                                    \
	}
	[PW_OP_LIST] = OPERATION("List", 2, "Read", 6, "access"),
	[PW_OP_STAT] = OPERATION("Stat", 8, "Get Attributes", 6, "access"),
	[PW_OP_READ] = OPERATION("Read", 2, "Read", 6, "access"),
	[PW_OP_WRITE] = OPERATION("Write", 3, "Update", 3, "change"),
	[PW_OP_CREATE] = OPERATION("Create", 1, "Create", 1, "creation"),
	[PW_OP_RENAME] = OPERATION("Rename", 5, "Rename", 3, "change"),
	[PW_OP_LINK] = OPERATION("Link", 1, "Create", 2, "creation"),
	[PW_OP_DELETE] = OPERATION("Delete", 4, "Delete", 14, "deletion"),
	[PW_OP_SEND] = OPERATION("Send", 3, "Update", 10, "access"),
#undef OPERATION
};

static const char *const plain_titles[] = { "Access allowed", "Access allowed with a warning",
					    "Access would be denied", "Access denied" };

static bool is_socket(const struct pw_ship_record *record)
{
	return record->op == PW_OP_SEND && record->to.family;
}

/* Through which doors do data leave the host, or what the label reaches? */
static bool leaves(enum pw_door door)
{
	return door == PW_DOOR_NETWORK || door == PW_DOOR_REMOVABLE || door == PW_DOOR_PRINTER ||
	       door == PW_DOOR_FILE;
}

static enum pw_ship_level at_least(enum pw_ship_level level, enum pw_ship_level floor)
{
	return level > floor ? level : floor;
}

static enum pw_ship_level level_of(const struct pw_ship_record *record)
{
	enum pw_ship_level level = (enum pw_ship_level)(PW_SHIP_LOW + (int)record->severity);

	if (record->genetic)
		level = at_least(level, PW_SHIP_HIGH);
	/* What left and should not have is graver than what stayed. */
	if (record->op == PW_OP_SEND && record->verdict == PW_WOULD_DENY && leaves(record->door))
		level = at_least(level, PW_SHIP_HIGH);
	return level;
}

static void access_codes(const struct pw_ship_record *record, struct pw_ship_meaning *m)
{
	m->event = &security_alert;
	m->type = &restricted;
	m->exported = record->op == PW_OP_SEND && leaves(record->door) &&
		      (record->verdict == PW_ALLOW || record->verdict == PW_WARN);
	if (m->exported) {
		m->event = &export;
		m->type = NULL;
	}
	if (record->door == PW_DOOR_REMOVABLE)
		m->media = &usb;
	else if (record->door == PW_DOOR_PRINTER)
		m->media = &paper;
}

static void access_class(const struct pw_ship_record *record, struct pw_ship_meaning *m)
{
	if (m->finding) {
		m->class = PW_SHIP_DATA_FINDING;
		m->activity = 1;
		m->activity_name = "Create";
	} else if (is_socket(record)) {
		m->class = PW_SHIP_NETWORK_ACTIVITY;
		m->activity = 6;
		m->activity_name = "Traffic";
	} else {
		m->class = PW_SHIP_FILE_ACTIVITY;
		m->activity = record->op < 0 ? 99 : operations[record->op].activity;
		m->activity_name = record->op < 0 ? "Other" : operations[record->op].activity_name;
	}
}

static void access_meaning(const struct pw_ship_record *record, struct pw_ship_meaning *m)
{
	m->title = record->op < 0 ? plain_titles[record->verdict]
				  : operations[record->op].title[record->verdict];
	m->finding = record->verdict != PW_ALLOW;
	m->stopped = record->verdict == PW_DENY;
	m->level = m->finding ? level_of(record) : PW_SHIP_INFORMATIVE;
	if (record->verdict == PW_DENY)
		m->outcome = m->level >= PW_SHIP_HIGH ? PW_SHIP_SERIOUS : PW_SHIP_MINOR;
	else if (record->verdict == PW_WOULD_DENY)
		m->outcome = PW_SHIP_MAJOR;
	m->lifecycle = record->op < 0 ? 6 : operations[record->op].lifecycle;
	access_codes(record, m);
	access_class(record, m);
	m->ecs_category = is_socket(record) ? "network" : "file";
	m->ecs_type = record->op < 0 ? "access" : operations[record->op].ecs_type;
}

void pw_ship_meaning(const struct pw_ship_record *record, struct pw_ship_meaning *ret_meaning)
{
	const struct kind *kind = &kinds[kinds[record->kind].title ? record->kind : PW_SHIP_OTHER];
	struct pw_ship_meaning m = { .event = &security_alert, .message = kind->message };

	if (record->kind == PW_EVENT_ACCESS) {
		access_meaning(record, &m);
	} else {
		m.title = kind->title;
		m.finding = kind->class == PW_SHIP_DATA_FINDING && kind->activity == 1;
		m.level = at_least(m.finding ? level_of(record) : kind->floor, kind->floor);
		m.outcome = kind->outcome;
		m.type = kind->type;
		m.lifecycle = kind->activity == 7 ? 3 : 6;
		m.class = kind->class;
		m.activity = kind->activity;
		m.activity_name = kind->activity_name;
		m.ecs_category = kind->ecs_category;
		m.ecs_type = kind->ecs_type;
	}
	if (!m.message)
		m.message = record->reason ? record->reason : m.title;
	*ret_meaning = m;
}

void pw_ship_destination_add(struct pw_str *into, const struct pw_ship_destination *to)
{
	if (to->address) {
		bool v6 = strchr(to->address, ':') != NULL;

		pw_str_addf(into, "%s://%s%s%s", to->protocol ? to->protocol : "ip", v6 ? "[" : "",
			    to->address, v6 ? "]" : "");
		if (to->port.given)
			pw_str_addf(into, ":%llu", (unsigned long long)to->port.value);
	} else if (to->path) {
		pw_str_addf(into, "unix:%s", to->path);
	} else if (to->family) {
		pw_str_addf(into, "%s:", to->family);
	}
}

struct details {
	void (*add)(void *ctx, const char *name, const char *text);
	void *ctx;
};

static void detail_text(const struct details *d, const char *name, const char *text)
{
	if (text && *text)
		d->add(d->ctx, name, text);
}

static void detail_number(const struct details *d, const char *name, struct pw_ship_number number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number.value);
	if (number.given)
		d->add(d->ctx, name, text);
}

static void detail_list(const struct details *d, const char *name, struct json_object *list)
{
	_cleanup_str_ struct pw_str text = { 0 };

	pw_ship_join(&text, list);
	detail_text(d, name, text.text);
}

static void details_decision(const struct pw_ship_record *record, const struct details *d)
{
	detail_text(d, "kind", record->kind_name);
	if (record->kind == PW_EVENT_ACCESS)
		detail_text(d, "verdict", pw_verdict_names[record->verdict]);
	if (record->op >= 0)
		detail_text(d, "operation", pw_op_names[record->op]);
	if (record->door)
		detail_text(d, "door", pw_door_names[record->door]);
	detail_text(d, "rule", record->rule);
	detail_text(d, "rule-at", record->rule_at);
	detail_text(d, "policy", record->policy);
	detail_list(d, "labels", record->labels);
	detail_text(d, "class", record->class);
	detail_list(d, "flags", record->flags);
	detail_text(d, "hook", record->hook);
	detail_text(d, "errno", record->error);
	detail_list(d, "places", record->to.places);
	detail_list(d, "held", record->held);
	detail_list(d, "object-labels", record->object_labels);
	detail_text(d, "domain", record->domain);
	detail_text(d, "domain-from", record->domain_from);
}

static void details_identity(const struct pw_ship_record *record, const struct details *d)
{
	struct pw_ship_number count = { record->count > 1 || record->kind == PW_SHIP_LOSS,
					record->count };
	struct pw_ship_number dropped = { record->dropped_before > 0, record->dropped_before };

	detail_text(d, "id", record->id);
	detail_number(d, "seq", record->seq);
	detail_text(d, "run", record->run);
	detail_text(d, "boot", record->boot);
	detail_number(d, "auid", record->auid);
	detail_number(d, "uid", record->uid);
	detail_number(d, "euid", record->euid);
	detail_number(d, "session", record->session);
	detail_text(d, "script", record->process.script);
	detail_text(d, "args", record->process.args_token);
	detail_text(d, "device", record->dev);
	detail_number(d, "inode", record->inode);
	detail_number(d, "count", count);
	detail_number(d, "dropped-before", dropped);
	detail_text(d, "where", record->where);
	detail_text(d, "ring", record->ring);
	detail_number(d, "cpu", record->cpu);
	detail_number(d, "from-seq", record->from_seq);
	detail_number(d, "to-seq", record->to_seq);
}

void pw_ship_each_detail(const struct pw_ship_record *record,
			 void (*add)(void *ctx, const char *name, const char *text), void *ctx)
{
	const struct details d = { add, ctx };

	details_decision(record, &d);
	details_identity(record, &d);
}
