/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a record on its way out: refused, or one whole line in each format (JSON
 * that json-c takes back, XML without what XML cannot hold and below 32 KiB, CEF of seven
 * fields), and never anything but valid UTF-8.
 */
#include "ship/format.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void must_be_json(const struct pw_str *line)
{
	struct json_tokener *tokener = json_tokener_new();

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	json_object_put(json_tokener_parse_ex(tokener, line->text, (int)line->len));
	must(json_tokener_get_error(tokener) == json_tokener_success);
	json_tokener_free(tokener);
}

/* Tags in pairs, no control character, every '&' an entity. */
static void must_be_xml(const struct pw_str *line)
{
	static const char *const entity[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" };
	const char *end = "</AuditMessage>\n";
	int depth = 0;

	must(line->len - 1 <= PW_FORMAT_ATNA_MAX);
	must(strcmp(line->text + line->len - strlen(end), end) == 0);
	for (const char *p = strstr(line->text, "<AuditMessage>"); *p; p++) {
		bool known = *p != '&';

		for (size_t i = 0; i < 5 && !known; i++)
			known = strncmp(p, entity[i], strlen(entity[i])) == 0;
		must(known);
		if (*p == '<')
			depth += p[1] == '/' ? -1 : 1;
		if (*p == '/' && p[1] == '>')
			depth--;
	}
	must(depth == 0);
}

static void must_be_cef(const struct pw_str *line)
{
	unsigned int bars = 0;

	must(strncmp(line->text, "CEF:0|", 6) == 0);
	for (const char *p = line->text; *p && bars < 7; p++) {
		if (*p == '\\') {
			must(p[1] == '\\' || p[1] == '|');
			p++;
		} else if (*p == '|') {
			bars++;
		}
	}
	must(bars == 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pw_format_context context = { .host = "ws7", .site = "a<b>&|=", .version = "1" };
	struct pw_str line = { 0 };

	for (int format = 0; format < _PW_FORMAT_MAX; format++) {
		pw_str_reset(&line);
		if (pw_format_line((enum pw_format)format, (const char *)data, size, &context,
				   &line) < 0) {
			must(line.len == 0);
			continue;
		}
		must(memchr(line.text, '\n', line.len) == line.text + line.len - 1);
		must(strlen(line.text) == line.len);
		if (format == PW_FORMAT_ATNA)
			must_be_xml(&line);
		else if (format == PW_FORMAT_CEF)
			must_be_cef(&line);
		else
			must_be_json(&line);
	}
	pw_str_free(&line);
	return 0;
}
