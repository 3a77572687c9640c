/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR R4 (4.0.1) AuditEvent, with the codes of the DICOM message. No profile is claimed. */
#include "ship/format-private.h"

#include "evidence/json.h"
#include "ship/text.h"

#include <stdio.h>
#include <string.h>

#define DCM       "http://dicom.nema.org/resources/ontology/DCM"
#define TERM      "http://terminology.hl7.org/CodeSystem/"
#define LIFECYCLE TERM "dicom-audit-lifecycle"

static void coding(struct pw_str *s, const char *key, const char *system, const char *code,
		   const char *display)
{
	pw_json_open(s, key, '{');
	pw_json_text(s, "system", system);
	pw_json_text(s, "code", code);
	if (display)
		pw_json_text(s, "display", display);
	pw_json_close(s, '}');
}

static void concept(struct pw_str *s, const char *key, const struct pw_ship_code *code)
{
	pw_json_open(s, key, '{');
	pw_json_open(s, "coding", '[');
	coding(s, NULL, DCM, code->code, code->text);
	pw_json_close(s, ']');
	pw_json_close(s, '}');
}

static void reference(struct pw_str *s, const char *key, const char *value, const char *display)
{
	pw_json_open(s, key, '{');
	if (value && *value) {
		pw_json_open(s, "identifier", '{');
		pw_ship_json_text(s, "value", value);
		pw_json_close(s, '}');
	}
	pw_ship_json_text(s, "display", display && *display ? display : NULL);
	pw_json_close(s, '}');
}

static void network(struct pw_str *s, const char *address, const char *type)
{
	pw_json_open(s, "network", '{');
	pw_ship_json_text(s, "address", address);
	pw_json_text(s, "type", type);
	pw_json_close(s, '}');
}

/* FHIR takes no empty text. */
static const char *some(const char *text, const char *otherwise)
{
	return text && *text ? text : otherwise;
}

static const struct pw_ship_code application = { "110150", "Application" };
static const struct pw_ship_code source_role = { "110153", "Source Role ID" };
static const struct pw_ship_code destination_role = { "110152", "Destination Role ID" };
static const struct pw_ship_code media_role = { "110154", "Destination Media" };

static void add_person(struct pw_formatting *f)
{
	if (!f->user)
		return;
	pw_json_open(f->out, NULL, '{');
	if (f->meaning->exported)
	concept(f->out, "type", &source_role);
	reference(f->out, "who", f->user_id, some(f->record->user, NULL));
	pw_ship_json_text(f->out, "altId", f->user_id);
	pw_ship_json_text(f->out, "name", some(f->record->user, NULL));
	pw_json_bool(f->out, "requestor", true);
	network(f->out, f->host, "1");
	pw_json_close(f->out, '}');
}

static void add_program(struct pw_formatting *f)
{
	const struct pw_ship_process *process = &f->record->process;
	char pid[24];

	if (!process->pid.given)
		return;
	snprintf(pid, sizeof(pid), "%llu", (unsigned long long)process->pid.value);
	pw_json_open(f->out, NULL, '{');
	concept(f->out, "type", &application);
	reference(f->out, "who", some(process->exe, NULL), some(process->comm, "unknown"));
	pw_json_text(f->out, "altId", pid);
	pw_ship_json_text(f->out, "name", some(process->comm, NULL));
	pw_json_bool(f->out, "requestor", false);
	network(f->out, f->host, "1");
	pw_json_close(f->out, '}');
}

static void add_recipient(struct pw_formatting *f)
{
	const struct pw_ship_destination *to = &f->record->to;
	const struct pw_ship_code *media = f->meaning->media;
	_cleanup_str_ struct pw_str address = { 0 }, places = { 0 };

	pw_ship_destination_add(&address, to);
	pw_ship_join(&places, to->places);
	pw_json_open(f->out, NULL, '{');
	concept(f->out, "type", media ? &media_role : &destination_role);
	reference(f->out, "who", address.text, some(places.text, some(address.text, "unknown")));
	pw_json_bool(f->out, "requestor", false);
	if (media)
		coding(f->out, "media", DCM, media->code, media->text);
	if (to->address)
		network(f->out, to->address, "2");
	pw_json_close(f->out, '}');
}

/* The agent itself: a record that nobody in particular caused has no other. */
static void add_reporter(struct pw_formatting *f)
{
	pw_json_open(f->out, NULL, '{');
	concept(f->out, "type", &application);
	reference(f->out, "who", PW_SHIP_PRODUCT "d", PW_SHIP_PRODUCT);
	pw_json_text(f->out, "name", PW_SHIP_PRODUCT "d");
	pw_json_bool(f->out, "requestor", false);
	network(f->out, f->host, "1");
	pw_json_close(f->out, '}');
}

static void add_agents(struct pw_formatting *f)
{
	pw_json_open(f->out, "agent", '[');
	add_person(f);
	add_program(f);
	if (f->meaning->exported)
		add_recipient(f);
	else
		add_reporter(f);
	pw_json_close(f->out, ']');
}

static void add_source(struct pw_formatting *f)
{
	pw_json_open(f->out, "source", '{');
	pw_ship_json_text(f->out, "site", some(f->context->site, NULL));
	reference(f->out, "observer", f->context->host_id, f->host);
	pw_json_open(f->out, "type", '[');
	coding(f->out, NULL, TERM "security-source-type", "1", "User Device");
	pw_json_close(f->out, ']');
	pw_json_close(f->out, '}');
}

static void add_detail(void *ctx, const char *name, const char *text)
{
	struct pw_str *s = ctx;

	pw_json_open(s, NULL, '{');
	pw_json_text(s, "type", name);
	pw_ship_json_text(s, "valueString", text);
	pw_json_close(s, '}');
}

static void lifecycle(struct pw_str *s, unsigned int number)
{
	static const char *const display[16] = {
		[1] = "Origination / Creation", [2] = "Import / Copy", [3] = "Amendment",
		[6] = "Access / Use",           [10] = "Export",       [14] = "Logical deletion",
	};
	char code[16];

	snprintf(code, sizeof(code), "%u", number);
	coding(s, "lifecycle", LIFECYCLE, code, number < 16 ? display[number] : NULL);
}

/* Confidentiality as HL7 has it: genetic data are very restricted, other health data restricted. */
static void security_label(struct pw_formatting *f)
{
	if (!pw_ship_list_count(f->record->labels))
		return;
	pw_json_open(f->out, "securityLabel", '[');
	if (f->record->genetic)
		coding(f->out, NULL, TERM "v3-Confidentiality", "V", "very restricted");
	else
		coding(f->out, NULL, TERM "v3-Confidentiality", "R", "restricted");
	pw_json_close(f->out, ']');
}

static void add_entity(struct pw_formatting *f, const char *name, bool object, bool details)
{
	pw_json_open(f->out, NULL, '{');
	reference(f->out, "what", some(name, "unknown"), NULL);
	coding(f->out, "type", TERM "audit-entity-type", "2", "System Object");
	coding(f->out, "role", TERM "object-role", "13", "Security Resource");
	if (object)
		lifecycle(f->out, f->meaning->lifecycle);
	if (object)
		security_label(f);
	pw_ship_json_text(f->out, "name", some(name, "unknown"));
	if (details) {
		pw_json_open(f->out, "detail", '[');
		pw_ship_each_detail(f->record, add_detail, f->out);
		pw_json_close(f->out, ']');
	}
	pw_json_close(f->out, '}');
}

static void add_entities(struct pw_formatting *f)
{
	const struct pw_ship_record *record = f->record;
	_cleanup_str_ struct pw_str address = { 0 };
	bool written = false;

	pw_ship_destination_add(&address, &record->to);
	pw_json_open(f->out, "entity", '[');
	if (record->path) {
		add_entity(f, record->path, true, true);
		written = true;
	}
	if (record->path2) {
		add_entity(f, record->path2, true, !written);
		written = true;
	}
	if (address.text && !f->meaning->exported) {
		add_entity(f, address.text, true, !written);
		written = true;
	}
	if (!written)
		add_entity(f, f->host, false, true);
	pw_json_close(f->out, ']');
}

/* [A-Za-z0-9.-]{1,64} is an id of FHIR; others stand in the details alone. */
static bool is_fhir_id(const char *id)
{
	size_t len = strlen(id);

	return len >= 1 && len <= 64 &&
	       strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.") ==
		       len;
}

void pw_format_fhir(struct pw_formatting *f)
{
	const struct pw_ship_meaning *m = f->meaning;
	char outcome[4];

	snprintf(outcome, sizeof(outcome), "%u", (unsigned int)m->outcome % 100);
	pw_json_open(f->out, NULL, '{');
	pw_json_text(f->out, "resourceType", "AuditEvent");
	if (is_fhir_id(f->record->id))
		pw_json_text(f->out, "id", f->record->id);
	coding(f->out, "type", DCM, m->event->code, m->event->text);
	if (m->type) {
		pw_json_open(f->out, "subtype", '[');
		coding(f->out, NULL, DCM, m->type->code, m->type->text);
		pw_json_close(f->out, ']');
	}
	pw_json_text(f->out, "action", m->exported ? "R" : "E");
	pw_ship_json_time(f->out, "recorded", f->record->time_ns);
	pw_json_text(f->out, "outcome", outcome);
	pw_ship_json_text(f->out, "outcomeDesc", some(m->message, m->title));
	add_agents(f);
	add_source(f);
	add_entities(f);
	pw_json_close(f->out, '}');
}
