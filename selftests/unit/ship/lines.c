/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ship/lines.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct pw_format_context unit_context = {
	.host = "ws7.ward3.example",
	.host_id = "00112233445566778899aabbccddeeff",
	.site = "St. Mary",
	.version = "1.2.3",
	.pid = 77,
};

char *unit_format(enum pw_format format, const char *line)
{
	struct pw_str out = { 0 };

	assert_int_equal(pw_format_line(format, line, strlen(line), &unit_context, &out), 0);
	assert_ptr_equal(strchr(out.text, '\n'), out.text + out.len - 1);
	assert_int_equal(strlen(out.text), out.len);
	out.text[out.len - 1] = '\0';
	return pw_str_take(&out);
}

void unit_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no <%s> in <%s>", part, text);
}

static struct json_object *strict(const char *json)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *root;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(tokener, json, (int)strlen(json));
	if (json_tokener_get_error(tokener) != json_tokener_success)
		fail_msg("no JSON: %s", json);
	json_tokener_free(tokener);
	return root;
}

void unit_member(const char *json, const char *path, const char *value)
{
	struct json_object *root = strict(json), *at = root;
	char *copy = strdup(path);
	const char *found;

	for (char *key = strtok(copy, "."); key; key = strtok(NULL, ".")) {
		if (json_object_is_type(at, json_type_array))
			at = json_object_array_get_idx(at, strtoul(key, NULL, 10));
		else if (!json_object_object_get_ex(at, key, &at))
			at = NULL;
	}
	found = at ? json_object_to_json_string_ext(at, JSON_C_TO_STRING_PLAIN |
								JSON_C_TO_STRING_NOSLASHESCAPE)
		   : "nothing";
	if (strcmp(found, value) != 0)
		fail_msg("%s is %s, not %s, in %s", path, found, value, json);
	free(copy);
	json_object_put(root);
}
