/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which format, and what they all need to know of a record. */
#include "ship/format.h"

#include "ship/format-private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *const pw_format_names[] = {
	[PW_FORMAT_OCSF] = "ocsf", [PW_FORMAT_ATNA] = "atna", [PW_FORMAT_FHIR] = "fhir",
	[PW_FORMAT_CEF] = "cef",   [PW_FORMAT_ECS] = "ecs",   [PW_FORMAT_JSON] = "json",
};
_Static_assert(sizeof(pw_format_names) / sizeof(char *) == _PW_FORMAT_MAX, "a name for each");

/* A line feed can only stand between members: no text holds one. */
static void format_json(struct pw_formatting *f)
{
	const char *p = f->record->line, *end = p + f->record->len;

	while (p < end) {
		size_t n = 0;

		while (p + n < end && p[n] != '\n' && p[n] != '\r')
			n++;
		pw_str_add_bytes(f->out, p, n);
		p += n < (size_t)(end - p) ? n + 1 : n;
	}
}

static void (*const formats[])(struct pw_formatting *) = {
	[PW_FORMAT_OCSF] = pw_format_ocsf, [PW_FORMAT_ATNA] = pw_format_atna,
	[PW_FORMAT_FHIR] = pw_format_fhir, [PW_FORMAT_CEF] = pw_format_cef,
	[PW_FORMAT_ECS] = pw_format_ecs,   [PW_FORMAT_JSON] = format_json,
};

bool pw_format_msgid_valid(const char *msgid)
{
	size_t len = strlen(msgid);

	if (len < 1 || len > 32)
		return false;
	for (; *msgid; msgid++)
		if (*msgid <= ' ' || *msgid > '~')
			return false;
	return true;
}

static int finish(struct pw_str *into, size_t before)
{
	int r;

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

int pw_format_record(enum pw_format format, const struct pw_ship_record *record,
		     const struct pw_format_context *context, struct pw_str *into)
{
	struct pw_ship_number person = record->auid.given ? record->auid : record->uid;
	size_t before = into->len;
	struct pw_ship_meaning meaning;
	_cleanup_str_ struct pw_str line = { 0 };
	char user[32], user_id[24];
	struct pw_formatting f = {
		.out = &line,
		.record = record,
		.meaning = &meaning,
		.context = context,
		.host = context->host && *context->host ? context->host : "unknown",
		.user = record->user,
	};

	snprintf(user_id, sizeof(user_id), "%llu", (unsigned long long)person.value);
	snprintf(user, sizeof(user), "uid:%s", user_id);
	if (person.given) {
		f.user_id = user_id;
		f.user = f.user ? f.user : user;
	}
	pw_ship_meaning(record, &meaning);
	formats[format](&f);
	if (line.error)
		into->error = line.error;
	else
		pw_str_add_bytes(into, line.text, line.len);
	return finish(into, before);
}

int pw_format_line(enum pw_format format, const char *line, size_t len,
		   const struct pw_format_context *context, struct pw_str *into)
{
	_cleanup_ship_record_ struct pw_ship_record record = { 0 };
	int r;

	r = pw_ship_record_parse(line, len, &record);
	return r < 0 ? r : pw_format_record(format, &record, context, into);
}
