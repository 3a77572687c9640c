/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DICOM PS3.15 A.5 audit message. Three schemas of it are in use, and each demands something
 * else; the order and the empty elements here are what all three take (docs/FORMATS.md).
 * Every text has a bound, so that the sum stays below PW_FORMAT_ATNA_MAX.
 */
#include "ship/format-private.h"

#include "ship/text.h"

#include <stdio.h>
#include <string.h>

#define PATH_BYTES   1536 /* escaped */
#define REASON_BYTES 1024
#define NAME_BYTES   128
#define DETAIL_BYTES 160

static const struct pw_ship_code application = { "110150", "Application" };
static const struct pw_ship_code source_role = { "110153", "Source Role ID" };
static const struct pw_ship_code destination_media = { "110154", "Destination Media" };
static const struct pw_ship_code destination_role = { "110152", "Destination Role ID" };

static void attribute(struct pw_str *s, const char *name, const char *value, size_t max)
{
	if (!value || !*value)
		return;
	pw_str_addf(s, " %s=\"", name);
	pw_ship_xml(s, value, max);
	pw_str_add(s, "\"");
}

static void code(struct pw_str *s, const char *element, const struct pw_ship_code *code)
{
	pw_str_addf(s, "<%s csd-code=\"%s\" codeSystemName=\"DCM\" originalText=\"%s\"/>", element,
		    code->code, code->text);
}

/* Syslog names hosts in printable ASCII. */
static void add_hostname(struct pw_str *s, const char *host)
{
	for (size_t i = 0; host[i] && i < 255; i++)
		pw_str_add_bytes(s, host[i] > ' ' && host[i] <= '~' ? host + i : "?", 1);
}

/* Security facility (10); notice, and warning for what is graver than a single refusal. */
static void add_syslog(struct pw_formatting *f)
{
	bool warning =
		f->meaning->outcome != PW_SHIP_SUCCESS && f->meaning->level >= PW_SHIP_MEDIUM;
	_cleanup_str_ struct pw_str time = { 0 };
	const char *msgid = f->context->msgid ? f->context->msgid : PW_FORMAT_MSGID;

	pw_ship_json_time(&time, NULL, f->record->time_ns);
	/* RFC 5424 knows microseconds: of "...:00.123456789Z" in quotes, 26 characters. */
	pw_str_addf(f->out, "<%d>1 %.26sZ ", warning ? 84 : 85,
		    time.len > 27 ? time.text + 1 : "1970-01-01T00:00:00.000000");
	add_hostname(f->out, f->host);
	if (f->context->pid)
		pw_str_addf(f->out, " " PW_SHIP_PRODUCT " %u", f->context->pid);
	else
		pw_str_add(f->out, " " PW_SHIP_PRODUCT " -");
	pw_str_addf(f->out, " %s - ", pw_format_msgid_valid(msgid) ? msgid : PW_FORMAT_MSGID);
}

static void add_event(struct pw_formatting *f)
{
	const struct pw_ship_meaning *m = f->meaning;
	_cleanup_str_ struct pw_str time = { 0 };

	pw_ship_json_time(&time, NULL, f->record->time_ns);
	pw_str_addf(f->out,
		    "<EventIdentification EventActionCode=\"%s\" EventDateTime=%s "
		    "EventOutcomeIndicator=\"%d\">",
		    m->exported ? "R" : "E", time.text ? time.text : "\"\"", (int)m->outcome);
	code(f->out, "EventID", m->event);
	if (m->type)
		code(f->out, "EventTypeCode", m->type);
	pw_str_add(f->out, "<EventOutcomeDescription>");
	pw_ship_xml(f->out, m->message, REASON_BYTES);
	pw_str_add(f->out, "</EventOutcomeDescription></EventIdentification>");
}

struct participant {
	const char *user_id, *alternative, *name;
	bool requestor;
	const char *address; /* NULL: on this host */
	bool elsewhere;      /* no network access point */
	const struct pw_ship_code *role, *media;
};

static void add_participant(struct pw_formatting *f, const struct participant *p)
{
	pw_str_add(f->out, "<ActiveParticipant");
	attribute(f->out, "UserID", p->user_id, PATH_BYTES / 4);
	attribute(f->out, "AlternativeUserID", p->alternative, NAME_BYTES);
	attribute(f->out, "UserName", p->name, NAME_BYTES);
	pw_str_addf(f->out, " UserIsRequestor=\"%s\"", p->requestor ? "true" : "false");
	if (!p->elsewhere) {
		attribute(f->out, "NetworkAccessPointID", p->address ? p->address : f->host,
			  NAME_BYTES);
		pw_str_addf(f->out, " NetworkAccessPointTypeCode=\"%d\"", p->address ? 2 : 1);
	}
	if (!p->role && !p->media) {
		pw_str_add(f->out, "/>");
		return;
	}
	pw_str_add(f->out, ">");
	if (p->role)
		code(f->out, "RoleIDCode", p->role);
	if (p->media) {
		pw_str_add(f->out, "<MediaIdentifier>");
		code(f->out, "MediaType", p->media);
		pw_str_add(f->out, "</MediaIdentifier>");
	}
	pw_str_add(f->out, "</ActiveParticipant>");
}

/* Who did it and with which program. Of a Security Alert neither is the requestor. */
static void add_performers(struct pw_formatting *f)
{
	const struct pw_ship_process *process = &f->record->process;
	const char *program = process->exe ? process->exe : process->comm;
	char pid[24];

	snprintf(pid, sizeof(pid), "%llu", (unsigned long long)process->pid.value);
	if (f->user)
		add_participant(f, &(struct participant){
					   .user_id = f->user,
					   .requestor = f->meaning->exported,
					   .role = f->meaning->exported ? &source_role : NULL });
	if (process->pid.given)
		add_participant(f,
				&(struct participant){
					.user_id = program && *program ? program : "unknown",
					.alternative = pid,
					.name = process->comm,
					.role = f->meaning->exported && !f->user ? &source_role
										 : &application });
}

static void add_export_destination(struct pw_formatting *f)
{
	const struct pw_ship_destination *to = &f->record->to;
	_cleanup_str_ struct pw_str places = { 0 }, address = { 0 };
	struct participant p = { .role = f->meaning->media ? &destination_media : &destination_role,
				 .media = f->meaning->media,
				 .address = to->address,
				 .elsewhere = !to->address };

	pw_ship_join(&places, to->places);
	pw_ship_destination_add(&address, to);
	p.user_id = address.text && *address.text ? address.text
		    : places.text && *places.text ? places.text
						  : "unknown";
	p.name = places.text;
	add_participant(f, &p);
}

static void add_participants(struct pw_formatting *f)
{
	if (f->meaning->exported) {
		add_performers(f);
		add_export_destination(f);
		return;
	}
	/* The reporter comes first: it is the one that a Security Alert cannot be without. */
	add_participant(f, &(struct participant){ .user_id = PW_SHIP_PRODUCT "d",
						  .requestor = true,
						  .role = &application });
	add_performers(f);
}

static void add_source(struct pw_formatting *f)
{
	const char *id = f->context->host_id ? f->context->host_id : f->host;

	pw_str_add(f->out, "<AuditSourceIdentification");
	attribute(f->out, "AuditEnterpriseSiteID", f->context->site, NAME_BYTES);
	attribute(f->out, "AuditSourceID", id, NAME_BYTES);
	pw_str_add(f->out, "><AuditSourceTypeCode csd-code=\"1\"/></AuditSourceIdentification>");
}

static void add_detail(void *ctx, const char *name, const char *text)
{
	struct pw_str *s = ctx;

	pw_str_addf(s, "<ParticipantObjectDetail type=\"%s\" value=\"", name);
	pw_ship_base64(s, text,
		       strcmp(name, "Alert Description") == 0 ? REASON_BYTES : DETAIL_BYTES);
	pw_str_add(s, "\"/>");
}

struct object {
	const char *id;
	const char *name;
	const struct pw_ship_code *type;
	unsigned int lifecycle; /* 0: none */
	bool details;
	bool cut;
};

static void add_object(struct pw_formatting *f, const struct object *o)
{
	bool cut = o->cut;

	pw_str_add(f->out, "<ParticipantObjectIdentification");
	pw_str_add(f->out, " ParticipantObjectID=\"");
	cut |= pw_ship_xml(f->out, o->id, PATH_BYTES);
	pw_str_add(f->out,
		   "\" ParticipantObjectTypeCode=\"2\" ParticipantObjectTypeCodeRole=\"13\"");
	if (o->lifecycle)
		pw_str_addf(f->out, " ParticipantObjectDataLifeCycle=\"%u\"", o->lifecycle);
	if (o->details)
		attribute(f->out, "ParticipantObjectSensitivity", f->record->class, NAME_BYTES);
	pw_str_addf(f->out,
		    "><ParticipantObjectIDTypeCode csd-code=\"%s\" codeSystemName=\"%s\" "
		    "originalText=\"%s\"/><ParticipantObjectName>",
		    o->type->code, strlen(o->type->code) < 6 ? "RFC-3881" : "DCM", o->type->text);
	cut |= pw_ship_xml(f->out, o->name, PATH_BYTES);
	pw_str_add(f->out, "</ParticipantObjectName>");
	if (o->details) {
		add_detail(f->out, "Alert Description", f->meaning->message);
		pw_ship_each_detail(f->record, add_detail, f->out);
	}
	if (cut)
		add_detail(f->out, "truncated", "true");
	pw_str_add(f->out, "<ParticipantObjectDescription><ParticipantObjectContainsStudy/>"
			   "</ParticipantObjectDescription></ParticipantObjectIdentification>");
}

static const struct pw_ship_code uri = { "12", "URI" };
static const struct pw_ship_code node = { "110182", "Node ID" };

static void add_path(struct pw_formatting *f, const char *path, bool details)
{
	_cleanup_str_ struct pw_str id = { 0 };
	bool cut = pw_ship_file_uri(&id, path, PATH_BYTES);

	if (id.error)
		f->out->error = id.error;
	else
		add_object(f, &(struct object){ .id = id.text,
						.name = path,
						.type = &uri,
						.lifecycle = f->meaning->lifecycle,
						.details = details,
						.cut = cut });
}

/* The first has the details; a message is never without one: it holds the alert's description. */
static void add_objects(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;
	_cleanup_str_ struct pw_str address = { 0 };
	bool written = false;

	if (record->path) {
		add_path(f, record->path, true);
		written = true;
	}
	if (record->path2) {
		add_path(f, record->path2, !written);
		written = true;
	}
	pw_ship_destination_add(&address, &record->to);
	if (address.text && !f->meaning->exported) {
		add_object(f, &(struct object){ .id = address.text,
						.name = address.text,
						.type = &uri,
						.lifecycle = f->meaning->lifecycle,
						.details = !written });
		written = true;
	}
	if (!written)
		add_object(f, &(struct object){ .id = f->context->host_id ? f->context->host_id
									  : f->host,
						.name = f->host,
						.type = &node,
						.details = true });
}

void pw_format_atna(struct pw_formatting *f)
{
	if (!f->context->bare)
		add_syslog(f);
	if (f->context->bom)
		pw_str_add(f->out, "\xef\xbb\xbf");
	pw_str_add(f->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><AuditMessage>");
	add_event(f);
	add_participants(f);
	add_source(f);
	add_objects(f);
	pw_str_add(f->out, "</AuditMessage>");
}
